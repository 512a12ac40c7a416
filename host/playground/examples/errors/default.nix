# Errors: each has a place, and a trace of what was being done. Take one comment away at a time.
let
  config = { port = 80; hosts = [ "a" "b" ]; };

  # `assert` and `throw` are for what callers do wrong; addErrorContext explains.
  check = port:
    assert port > 0;
    if port > 65535 then throw "port ${toString port} is too high" else port;

  checked = port: builtins.addErrorContext "while checking the port of the server" (check port);
in
{
  good = checked config.port;

  # tooHigh = checked 70000;
  # negative = checked (-1);
  # misspelt = config.prot;
  # types = config.port + "80";
  # missing = (({ a, b }: a) { a = 1; });
  # endless = let x = x + 1; in x;
  # deep = let f = n: 1 + f n; in f 0;

  # What was thrown can be caught, what is a mistake in the program cannot.
  caught = builtins.tryEval (checked 70000);
}
