with builtins;
{
  and = [ (bitAnd 12 10) (bitAnd (-1) 255) (bitAnd 0 5) ];
  or = [ (bitOr 12 10) (bitOr 0 0) (bitOr (-256) 255) ];
  xor = [ (bitXor 12 10) (bitXor (-1) 0) (bitXor 5 5) ];
  large = [ (bitAnd 9223372036854775807 4611686018427387904) (bitXor 9223372036854775807 (-1)) ];
}
