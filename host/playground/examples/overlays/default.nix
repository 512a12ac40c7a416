# Overlays, as nixpkgs has them: functions `final: prev: { … }`, applied one after the other.
#
# `final` is the set with all overlays, `prev` the one before this overlay.
let
  # A small set of packages. Each is a set with what it needs.
  packages = final: {
    mkPackage = { name, version, needs ? [ ] }: {
      inherit name version;
      closure = [ "${name}-${version}" ] ++ builtins.concatMap (need: need.closure) needs;
    };
    zlib = final.mkPackage { name = "zlib"; version = "1.3"; };
    openssl = final.mkPackage { name = "openssl"; version = "3.0"; needs = [ final.zlib ]; };
    curl = final.mkPackage { name = "curl"; version = "8.0"; needs = [ final.openssl final.zlib ]; };
  };

  newer = final: prev: {
    zlib = prev.zlib // { version = "2.0"; closure = [ "zlib-2.0" ]; };
  };

  more = final: prev: {
    git = final.mkPackage { name = "git"; version = "2.50"; needs = [ final.curl ]; };
  };

  apply = base: overlays:
    let
      final = builtins.foldl' (prev: overlay: prev // overlay final prev) (base final) overlays;
    in
    final;
in
{
  without = (apply packages [ ]).curl.closure;

  # curl was not touched, and has the new zlib all the same: it takes it from `final`.
  with_ = (apply packages [ newer more ]).git.closure;
}
