// On paper nothing can be opened: all that is folded is printed open, and folded again after.
{
  let opened = [];
  const paper = window.matchMedia("print");
  const turn = (printing) => {
    if (printing) {
      const folded = [...document.querySelectorAll("details:not([open])")];
      folded.forEach((part) => (part.open = true));
      opened.push(...folded);
    } else {
      opened.forEach((part) => (part.open = false));
      opened = [];
    }
  };
  paper.addEventListener("change", () => turn(paper.matches));
  window.addEventListener("beforeprint", () => turn(true));
  window.addEventListener("afterprint", () => turn(false));
  turn(paper.matches);
}
