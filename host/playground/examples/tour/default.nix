# The whole language on one page. Change something: the value follows.
# Open the parts of the value beside this text.
let
  # Names are bound by `let`; their order does not matter.
  greeting = "Hello, ${name}!";
  name = "Nix";

  # A function has one argument: `argument: body`. It is called by writing the argument behind it.
  double = n: 2 * n;

  # Attribute sets are the main thing. With `rec`, attributes see each other.
  point = rec {
    x = 3;
    y = x + 1;
    distance = x * x + y * y;
  };
in
{
  inherit greeting;
  numbers = map double [ 1 2 3 ];

  # `.` selects, `or` says what to take where nothing is, `?` asks.
  x = point.x;
  z = point.z or 0;
  hasZ = point ? z;

  # `//` takes the right side's attributes over the left side's.
  moved = point // { x = 100; };

  # `if` is an expression, like everything else.
  size = if point.distance > 20 then "far" else "near";

  # `with` brings a set's attributes into scope.
  sum = with point; x + y;

  # Other kinds of values
  others = [ null true 1.5 ./a-path "a string" (x: x) ];
}
