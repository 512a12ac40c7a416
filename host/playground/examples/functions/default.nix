# Functions: one argument each, and sets of arguments with names.
let
  # A function that returns a function takes two arguments, one after the other.
  add = a: b: a + b;
  increment = add 1;

  # A set pattern names what it expects. `? ` gives a default, `...` allows more, `@` names the whole set.
  describe = { name, age ? null, ... }@all:
    "${name}${if age == null then "" else ", ${toString age}"}, ${toString (builtins.length (builtins.attrNames all))} attributes";

  # Recursion, since there are no loops.
  factorial = n: if n == 0 then 1 else n * factorial (n - 1);

  # A set with __functor can be called like a function.
  counter = { step = 5; __functor = self: n: n + self.step; };

  compose = f: g: x: f (g x);
in
{
  three = increment 2;
  ada = describe { name = "Ada"; age = 36; city = "London"; };
  bob = describe { name = "Bob"; };
  factorials = map factorial [ 1 5 10 ];
  called = counter 1;
  composed = compose increment factorial 4;

  # What a function expects can be asked.
  expects = builtins.functionArgs describe;
}
