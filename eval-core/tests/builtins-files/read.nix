with builtins;
{
  readFile = [ (readFile ./tree/a.txt) (readFile ./tree/link) (readFile (toString ./tree/sub/b)) (readFile ./empty) (stringLength (readFile ./invalid-utf8.bin)) ];
  context = hasContext (readFile ./tree/a.txt);
  readDir = [ (readDir ./tree) (readDir ./tree/sub) (readDir ./tree/dirlink) ];
  readFileType = map readFileType [ ./tree ./tree/a.txt ./tree/link ./tree/dangling ./tree/run.sh ];
  pathExists = map pathExists [ ./tree ./tree/a.txt ./tree/nope ./tree/dangling ./tree/link (toString ./tree) "/does/not/exist" (toString ./tree + "/") (toString ./tree/a.txt + "/") (toString ./tree/a.txt + "/x") ];
  toPath = [ (toPath "/a/b/../c") (typeOf (toPath /a)) ];
}
