# A set that uses its own attributes, and that others can still change: the fixed point of a function.
#
# `fix f` is the value x for which x = f x. Laziness makes that possible: attributes are computed from the final set.
let
  fix = f: let x = f x; in x;

  # `self` is the final set, whatever it will be.
  circle = self: {
    radius = 2;
    diameter = 2 * self.radius;
    text = "A circle ${toString self.diameter} wide";
  };

  # A change is a function of the final set and the set before it.
  extend = f: change: self: let super = f self; in super // change self super;
in
{
  plain = fix circle;

  # The new radius shows in everything that was computed from it.
  larger = fix (extend circle (self: super: { radius = super.radius * 10; }));

  # With `rec` it does not: there, `radius` is bound for good.
  rec_ = (rec { radius = 2; diameter = 2 * radius; }) // { radius = 20; };

  # The same trick makes recursive functions without a name.
  factorial = fix (self: n: if n == 0 then 1 else n * self (n - 1)) 5;
}
