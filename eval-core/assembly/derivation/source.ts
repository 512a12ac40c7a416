/**
 * Nix sources that are part of the language.
 *
 * `derivation` is a lazy wrapper of `derivationStrict`. Traces show where in it an error passed, with the lines around: what
 * they show (positions, and the lines of `strict`, `outPath` and `drvPath`) must be as Nix has it, hence the layout.
 */
export const DERIVATION_SOURCE: string = `/*
  A derivation from a set of attributes: what to build, by which program, on which kind of
  system.

  Nothing is computed before it is asked for. The result has all attributes that were given,
  and further:

    type        "derivation"
    drvPath     the store derivation
    outPath     the path of this output
    outputName  the name of this output
    drvAttrs    the attributes as they were given
    all         a list of the outputs

  and an attribute for each output, which is the same set with that output's outPath. The set
  itself is the first output.

  Every attribute that was given is turned into a string and becomes a variable of the
  builder's environment; derivationStrict does that, and all else that is no matter of
  laziness.








*/
drvAttrs@{
  outputs ? [ "out" ],
  ...
}:

let

  strict = derivationStrict drvAttrs;

  commonAttrs =
    drvAttrs
    // (builtins.listToAttrs outputsList)
    // {
      all = map (x: x.value) outputsList;
      inherit drvAttrs;
    };

  elementOf = outputName: {
    name = outputName;
    value = commonAttrs // {
      outPath = builtins.getAttr outputName strict;
      drvPath = strict.drvPath;
      type = "derivation";
      inherit outputName;
    };
  };

  outputsList = map elementOf outputs;

in
(builtins.head outputsList).value
`;
/** The name that positions in it have, behind `«nix-internal»`. */
export const DERIVATION_PATH: string = '/derivation-internal.nix';

/** What `import` of a `.drv` in the store makes of the set of its paths: like a derivation, without attributes of its own. */
export const IMPORTED_SOURCE: string = `attrs:
let
  common = builtins.listToAttrs outputs // {
    inherit (attrs) name drvPath;
    all = map (element: element.value) outputs;
    type = "derivation";
  };
  elementOf = outputName: {
    name = outputName;
    value = common // {
      outPath = builtins.getAttr outputName attrs;
      inherit outputName;
    };
  };
  outputs = map elementOf attrs.outputs;
in
(builtins.head outputs).value
`;
/** The name that positions in it have, behind `«nix-internal»`. */
export const IMPORTED_PATH: string = '/imported-drv-to-derivation.nix';

/** `<nix/fetchurl.nix>`: a derivation of the builtin fetcher. */
export const FETCHURL_SOURCE: string = `{
  system ? "",
  url,
  hash ? "",
  md5 ? "",
  sha1 ? "",
  sha256 ? "",
  sha512 ? "",
  outputHash ? if hash != "" then hash else if sha512 != "" then sha512 else if sha1 != "" then sha1 else if md5 != "" then md5 else sha256,
  outputHashAlgo ? if hash != "" then "" else if sha512 != "" then "sha512" else if sha1 != "" then "sha1" else if md5 != "" then "md5" else "sha256",
  executable ? false,
  unpack ? false,
  name ? baseNameOf (toString url),
  impure ? false,
}:
derivation (
  {
    builder = "builtin:fetchurl";
    outputHashMode = if unpack || executable then "recursive" else "flat";
    inherit name url executable unpack;
    system = "builtin";
    # a download is best done where the result is wanted
    preferLocalBuild = true;
    impureEnvVars = [ "http_proxy" "https_proxy" "ftp_proxy" "all_proxy" "no_proxy" ];
    urls = [ url ];
  }
  // (if impure then { __impure = true; } else { inherit outputHashAlgo outputHash; })
)
`;
export const FETCHURL_PATH: string = '/fetchurl.nix';
