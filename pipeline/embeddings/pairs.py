"""Pairs of words that stand in one relation, for analogies: what a : b has, c : d has too."""

PAIRS = {
    "singular and plural": """
        dog dogs  cat cats  horse horses  bird birds  house houses  car cars  river rivers  king kings  queen queens
        boy boys  girl girls  friend friends  brother brothers  sister sisters  teacher teachers  student students
        doctor doctors  soldier soldiers  writer writers  singer singers  school schools  church churches  road roads
        bridge bridges  tree trees  flower flowers  ship ships  train trains  book books  letter letters  game games
        song songs  film films  city cities  country countries  story stories  army armies  family families
        man men  woman women  child children  wolf wolves  mouse mice
        """,
    "verb with and without s": """
        write writes  read reads  see sees  know knows  think thinks  say says  make makes  find finds  help helps
        love loves  need needs  want wants  like likes  eat eats  drink drinks  run runs  walk walks  sing sings
        sleep sleeps  play plays  begin begins  become becomes  appear appears  remain remains  seem seems
        """,
    "verb and past": """
        write wrote  see saw  know knew  think thought  say said  make made  find found  eat ate  drink drank
        sing sang  run ran  begin began  become became  take took  give gave  go went  come came  win won
        help helped  love loved  need needed  want wanted  walk walked  play played  appear appeared  remain remained
        """,
    "verb and participle": """
        write writing  see seeing  say saying  make making  find finding  eat eating  drink drinking  sing singing
        run running  take taking  give giving  go going  come coming  win winning  play playing  walk walking
        help helping  use using  move moving  leave leaving  lose losing  kill killing  build building  fight fighting
        """,
    "capital and country": """
        London England  Paris France  Berlin Germany  Rome Italy  Madrid Spain  Lisbon Portugal  Vienna Austria
        Warsaw Poland  Moscow Russia  Athens Greece  Dublin Ireland  Oslo Norway  Stockholm Sweden  Copenhagen Denmark
        Tokyo Japan  Beijing China  Cairo Egypt  Ottawa Canada  Canberra Australia  Budapest Hungary  Prague Bohemia
        Brussels Belgium  Belgrade Serbia  Bucharest Romania  Havana Cuba  Baghdad Iraq  Tehran Iran  Seoul Korea
        """,
}


def word_pairs(category: str) -> list[tuple[str, str]]:
    words = PAIRS[category].split()
    return list(zip(words[::2], words[1::2], strict=True))
