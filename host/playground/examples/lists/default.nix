# Lists and sets: the functions that are used every day.
let
  people = [
    { name = "Ada"; born = 1815; field = "mathematics"; }
    { name = "Grace"; born = 1906; field = "computing"; }
    { name = "Alan"; born = 1912; field = "computing"; }
  ];

  range = first: last: builtins.genList (i: first + i) (last - first + 1);
in
rec {
  names = map (person: person.name) people;
  modern = builtins.filter (person: person.born > 1900) people;
  total = builtins.foldl' (sum: n: sum + n) 0 (range 1 100);
  oldestFirst = builtins.sort (a: b: a.born < b.born) people;
  byField = builtins.groupBy (person: person.field) people;

  # A list of pairs becomes a set, and back.
  born = builtins.listToAttrs (map (person: { inherit (person) name; value = person.born; }) people);
  pairs = builtins.attrValues (builtins.mapAttrs (name: year: "${name}: ${toString year}") born);

  without = removeAttrs born [ "Ada" ];
  common = builtins.intersectAttrs { Ada = null; } born;
  merged = builtins.zipAttrsWith (name: values: values) [ { a = 1; } { a = 2; b = 3; } ];

  # Everything that can be reached from 1 by doubling, or by taking one away, below 20.
  reached = map (item: item.key) (builtins.genericClosure {
    startSet = [ { key = 1; } ];
    operator = item: builtins.filter (next: next.key >= 0 && next.key < 20) [ { key = item.key * 2; } { key = item.key - 1; } ];
  });
}
