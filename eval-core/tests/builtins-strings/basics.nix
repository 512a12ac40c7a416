with builtins;
{
  length = map stringLength [ "" "abc" "é" "漢字" "a\nb" "🦊" ];
  substring = [ (substring 0 2 "abc") (substring 1 1 "abc") (substring 1 (-1) "abc") (substring 3 5 "abc") (substring 10 1 "abc") (substring 0 0 "abc") (substring 2 100 "abc") (substring 0 1 "éa" == "é") ];
  baseNameOf = map baseNameOf [ "a/b" "a/b/" "a" "/" "" "/a" "a//" "a/b//" ./x/y ];
  dirOf = map dirOf [ "a/b" "a/b/" "a" "/" "/a" "/a/b" "" ./x/y ];
  toString = map toString [ "a" 1 true false null [ ] [ 1 "b" ] { outPath = "o"; } { __toString = _: "t"; } ./x ];
  lists = map toString [ [ 1 [ 2 [ ] ] [ ] "" null true false "x" ] [ 1 [ ] ] [ [ ] 1 ] [ [ ] ] [ "" "" ] ];
}
