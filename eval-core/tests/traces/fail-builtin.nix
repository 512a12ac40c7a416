builtins.map (x: builtins.head x) [ [ 1 ] [ ] ]
