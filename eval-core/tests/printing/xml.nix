{ a = [ 1 2.5 "x" null true ]; f = { x, y ? 1, ... }: x; g = z: z; b = builtins.add; s = { nested = { }; }; }
