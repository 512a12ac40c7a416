# The algorithm shows where the comparator is no order.
with builtins;
[
  (sort (a: b: true) [ 3 1 2 4 ])
  (sort (a: b: true) [ 1 2 ])
  (sort (a: b: true) (genList (i: i) 12))
  (sort (a: b: a <= b) [ { n = 1; } ] != [ ])
  (sort (a: b: a != b) [ 1 2 1 3 1 ])
  (sort (a: b: (a + b) / 2 * 2 == a + b) [ 1 4 2 8 5 7 ])
]
