[
  [ ]
  [ 1 2 ]
  [ [ ] [ [ ] ] ]
  [ "a" ./b c/d ] # paths of this folder
  [ (1 + 1) (x: x) { a = 1; } ]
  [ [ 1 ].a or 2 ]
]
