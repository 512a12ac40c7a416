let
  counter = { count = 5; __functor = self: x: self.count + x; };
  nested = { __functor = self: { __functor = _: y: y * 2; }; };
  curried = { __functor = self: x: y: [ x y ]; };
  wrap = f: { __functor = self: args: f args; };
in
[
  (counter 1)
  ((counter // { count = 10; }) 1)
  (nested 4)
  (curried 1 2)
  (builtins.map counter [ 1 2 ])
  (wrap ({ a }: a) { a = 3; })
  (builtins.isFunction counter)
  (builtins.typeOf counter)
  (builtins.foldl' { __functor = _: a: b: a + b; } 0 [ 1 2 3 ])
  (builtins.sort { __functor = _: a: b: a > b; } [ 1 3 2 ])
]
