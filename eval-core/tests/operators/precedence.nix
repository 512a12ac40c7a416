let f = x: x + 1; s = { a = 1; f = x: x * 10; }; in
{
  times = 1 + 2 * 3;
  unaryMinus = -2 * 3;
  call = -f 1;
  callBeforePlus = f 1 + f 2;
  select = -s.a;
  selectCall = s.f s.a;
  hasAttrBeforeConcat = [ 1 ] ++ (if s ? a then [ 2 ] else [ ]);
  concatIsRight = [ 1 ] ++ [ 2 ] ++ [ 3 ];
  plusBeforeNot = !(1 + 1 == 3);
  notBeforeCompare = !false == true;
  updateBeforeCompare = { a = 1; } // { b = 2; } == { a = 1; b = 2; };
  compareBeforeAnd = 1 < 2 && 2 < 3;
  equalBeforeAnd = 1 == 1 && 2 == 2;
  andBeforeOr = true || false && false;
  orBeforeImplies = false -> false || true;
  impliesIsRight = false -> true -> false;
  updateIsRight = ({ a = 1; } // { a = 2; } // { b = 3; }).a;
  minusIsLeft = 10 - 2 - 3;
  lambdaTakesAll = (x: x + 1 == 3) 2;
  letTakesAll = let x = 1; in x + 1;
  ifTakesAll = if false then 0 else 1 + 1;
  withTakesAll = with { x = 5; }; x + 1;
  assertTakesAll = assert true; 1 + 1;
  negativeArgument = [ (f (-1)) (1 - -1) ];
}
