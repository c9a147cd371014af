// Run within a page: what a reader would see of it.
() => {
  const wide = document.documentElement.clientWidth;
  const name = (svg) => svg.id || svg.getAttribute("aria-labelledby");
  const cut = [], overlapping = [];
  const figures = [...document.querySelectorAll("svg[role=img]")].map((svg) => {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")]
      .map((text) => [text.textContent.trim(), text.getBoundingClientRect(), text])
      .filter(([words, box]) => words && box.width > 0);
    for (const [words, box] of texts) {
      if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
        cut.push(`${name(svg)}: ${words}`);
    }
    // the boxes of slanted words overlap where the words themselves run side by side
    const straight = texts.filter(([, , text]) => !/rotate\((?!-?90\)|0\))/.test(text.getAttribute("transform") || ""));
    straight.forEach(([words, a], i) => {
      for (const [others, b] of straight.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const smaller = Math.min(a.width * a.height, b.width * b.height);
        if (across > 0 && down > 0 && across * down > 0.2 * smaller) overlapping.push(`${name(svg)}: ${words} | ${others}`);
      }
    });
    return { name: name(svg), width: frame.width, height: frame.height, left: frame.left, right: frame.right };
  });
  const outside = [...document.querySelectorAll("main *")]
    .filter((part) => !part.closest(".scroll, svg, math, details:not([open])"))
    .filter((part) => part.getBoundingClientRect().right > wide + 1)
    .map((part) => `${part.tagName} ${part.textContent.trim().slice(0, 40)}`);
  return {
    figures,
    cut,
    overlapping,
    outside,
    sideways: document.documentElement.scrollWidth - wide,
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1])),
  };
}
