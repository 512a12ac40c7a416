# Derivations that use all that derivations may ask for. `tools` is a folder of busybox under its names, for builders that see nothing else.
{ tools }:
let
  system = "x86_64-linux";
  sh = "${tools}/sh";
  plain =
    name: script: more:
    derivation (
      {
        inherit name system;
        builder = sh;
        args = [
          "-c"
          "set -e; ${script}"
        ];
        PATH = tools;
      }
      // more
    );
  structured =
    name: script: more:
    plain name script ({ __structuredAttrs = true; } // more);
  # The shell has no arrays: outputs are read from the JSON file.
  out = ''out=$(sed -n 's/.*"outputs":{"out":"\([^"]*\)".*/\1/p' "$NIX_ATTRS_JSON_FILE");'';
  fixed =
    name: text: script: more:
    plain name script (
      {
        outputHash = builtins.hashString "sha256" text;
        outputHashAlgo = "sha256";
        outputHashMode = "flat";
      }
      // more
    );
  floating =
    name: script: more:
    plain name script (
      {
        __contentAddressed = true;
        outputHashAlgo = "sha256";
        outputHashMode = "recursive";
      }
      // more
    );
  impure' = name: script: more: plain name script ({ __impure = true; } // more);
  text = builtins.toFile "text" "some text";
  first = plain "first" "echo first > $out" { };
  second = plain "second" "mkdir $out; echo ${first} > $out/see; ln -s ${first} $out/link" { };
  ca = floating "ca" "mkdir $out; echo $out > $out/self; echo content > $out/file" { };
  hostile = "it's \"a\" \$(touch /build/evil) `x` \\ \n\t end";
  # Times are in it: it differs each time.
  channel-tarball = plain "channel.tar.gz" "mkdir -p a/b; echo x > a/b/x; chmod +x a/b/x; ln -s b a/l; ln a/b/x a/hard; tar czf $out a" { };
in
{
  good = rec {
    # ——— outputs ———
    inherit first second;
    environment = plain "environment" "env | grep -v ^_= | grep -v ^SHLVL | grep -v NIX_BUILD_CORES | sort > $out" { other = "1"; };
    bin-sh = derivation {
      name = "bin-sh";
      inherit system;
      builder = "/bin/sh";
      args = [ "-c" "echo hello > $out" ];
    };
    many = plain "many" "echo $lib > $dev; mkdir $lib; echo $out > $lib/o; echo out > $out" { outputs = [ "dev" "lib" "out" ]; };
    strange-outputs = plain "strange" ''eval "echo one > \$$(printf 'a_b')"; tr '\0' '\n' < /proc/$$/environ | sed -n 's/^x-y=//p' > /build/p; echo two > "$(cat /build/p)"'' { outputs = [ "x-y" "a_b" ]; };
    no-out = plain "no-out" "echo ${many.lib} > $doc" { outputs = [ "doc" ]; };
    directory = plain "directory" "mkdir -p $out/a/b; echo x > $out/a/b/x; chmod 755 $out/a/b/x; touch $out/empty; ln -s a/b $out/l" { };
    executable = plain "executable" "echo '#!' > $out; chmod +x $out" { };
    symlink = plain "symlink" "ln -s ${first} $out" { };
    self-reference = plain "self" "mkdir $out; ln -s $out/b $out/a; echo > $out/b" { };
    large = plain "large" "i=0; while [ $i -lt 300 ]; do echo ${first}$i; i=$((i+1)); done > $out; dd if=/dev/zero bs=65530 count=40 >> $out 2>/dev/null; echo ${second} >> $out" { };
    working-folder = plain "working-folder" "pwd > $out; ls -a >> $out; id -u >> $out; id -g >> $out; umask >> $out" { };
    etc = plain "etc" "cat /etc/passwd /etc/group /etc/hosts > $out; ls /etc / >> $out; ls /dev | grep -v core >> $out" { };
    store-listing = plain "store-listing" "ls /nix/store > $out" { inherit second; };
    permissions = plain "permissions" "mkdir $out; umask 077; echo x > $out/x; mkdir $out/d; chmod 700 $out/d; chmod 555 $out/x" { };

    # ——— attributes as variables and files ———
    pass-as-file = plain "pass-as-file" "cat $longPath > $out; cat $otherPath >> $out; basename $longPath >> $out; echo \${long-none} >> $out" {
      passAsFile = [ "long" "other" ];
      long = hostile;
      other = "${first}";
    };
    placeholders = plain "placeholders" "echo $ref $(cat $asFilePath) > $out" {
      ref = placeholder "out";
      asFile = "${placeholder "out"}/x";
      passAsFile = "asFile";
    };
    structured-json = structured "structured-json" ''${out} sed "s#$out#OUT#g" $NIX_ATTRS_JSON_FILE > $out'' {
      list = [ 1 2.5 "x" null true { a = [ ]; } ];
      set = { b = hostile; "0a" = { }; "key with 'quotes'" = 1; };
      float = 1.0;
      big = 9223372036854775807;
      negative = -5;
      unicode = "ünï→";
      control = "a\rb";
      inherit hostile;
    };
    structured-shell = structured "structured-shell" ''${out} sed "s#$out#OUT#g" $NIX_ATTRS_SH_FILE > $out'' {
      list = [ 1 "two" null true false hostile ];
      nested = [ [ 1 ] ];
      set = { b = hostile; "key with 'quotes'" = 1; "]" = "x"; };
      deep.deeper.deepest = 1;
      float = 2.5;
      whole = 2.0;
      big = 9223372036854775807;
      middle = 3000000000;
      yes = true;
      no = false;
      none = null;
      "bad-name" = 1;
      "0bad" = 1;
      _good = "g";
      inherit hostile;
    };
    structured-environment = structured "structured-environment" ''${out} env | grep -v ^_= | grep -v ^SHLVL | grep -v CORES | sed "s#$out#OUT#g" | sort > $out'' { shown = "no"; env.FOO = "x"; };
    structured-outputs = structured "structured-outputs" ''for o in a b; do p=$(sed -n "s/.*\"outputs\":{.*\"$o\":\"\([^\"]*\)\".*/\1/p" $NIX_ATTRS_JSON_FILE); echo $o > $p; done'' { outputs = [ "a" "b" ]; };

    # ——— closures ———
    graph = plain "graph" "cat graph text-graph > $out" { exportReferencesGraph = [ "graph" second "text-graph" text ]; };
    graph-of-derivation = plain "graph-of-derivation" "cat graph | sed 's/[a-z0-9]*-\\(tools\\|source\\)/TOOLS/' > $out" { exportReferencesGraph = [ "graph" second.drvPath ]; };
    graph-structured = structured "graph-structured" ''${out} sed "s#$out#OUT#g" $NIX_ATTRS_JSON_FILE > $out; cat $NIX_ATTRS_SH_FILE | wc -c >> $out'' {
      exportReferencesGraph = { closure = [ second ]; two = [ second [ text ] ]; };
    };

    # ——— fixed outputs ———
    fixed-flat = fixed "fixed-flat" "hello" "printf hello > $out" { };
    fixed-uses = plain "fixed-uses" "cat ${fixed-flat} > $out; echo ${fixed-flat} >> $out" { };
    fixed-sha1 = fixed "fixed-sha1" "" "printf hello > $out" { outputHash = builtins.hashString "sha1" "hello"; outputHashAlgo = "sha1"; };
    fixed-recursive = fixed "fixed-recursive" "" "mkdir $out; printf x > $out/x" { outputHashMode = "recursive"; outputHash = "sha256-e68OFh3vfkqgvwQcETzd5AYH61mlcNZTcjUDnOiyQj8="; outputHashAlgo = null; };
    fixed-sri = fixed "fixed-sri" "hello" "printf hello > $out" { outputHash = builtins.convertHash { hash = builtins.hashString "sha256" "hello"; hashAlgo = "sha256"; toHashFormat = "sri"; }; outputHashAlgo = null; };
    fixed-text = fixed "fixed-text" "hello" "printf hello > $out" { outputHashMode = "text"; };
    fixed-checked = fixed "fixed-checked" "1\n" "echo $NIX_OUTPUT_CHECKED > $out" { impureEnvVars = [ "NOT_SET" ]; };

    # ——— checks that hold ———
    allowed-references = plain "allowed-references" "echo ${first} $out > $out" { allowedReferences = [ first "out" ]; };
    no-references = plain "no-references" "echo > $out" { allowedReferences = [ ]; };
    allowed-requisites = plain "allowed-requisites" "echo ${second} $out > $out" { allowedRequisites = [ first second ]; };
    disallowed = plain "disallowed" "echo ${first} > $out" { disallowedReferences = [ second "out" ]; disallowedRequisites = [ second ]; };
    output-checks = structured "output-checks" ''${out} echo ${first} > $out'' {
      outputChecks.out = { maxSize = 1000; maxClosureSize = 2000; allowedReferences = [ first ]; disallowedRequisites = [ second ]; };
    };
    discarded = structured "discarded" ''${out} echo ${second} $out > $out'' { unsafeDiscardReferences.out = true; };
    features = plain "features" "echo > $out" { requiredSystemFeatures = [ "big-parallel" ]; preferLocalBuild = true; allowSubstitutes = false; };

    # ——— content-addressed ———
    inherit ca;
    ca-many = floating "ca-many" "mkdir $dev; echo $out > $dev/o; echo $dev/x > $dev/self; echo ${ca} > $out; echo $dev $lib > $lib" { outputs = [ "out" "dev" "lib" ]; };
    ca-flat = floating "ca-flat" "printf flat > $out" { outputHashMode = "flat"; };
    ca-text = floating "ca-text" "echo ${first} > $out" { outputHashMode = "text"; };
    ca-sha1 = floating "ca-sha1" "mkdir $out; echo x > $out/x" { outputHashAlgo = "sha1"; };
    ca-uses = floating "ca-uses" "echo ${ca}/file ${ca-many.dev} > $out" { };
    ca-early = floating "ca-early" "echo ${ca-same}/file > $out" { };
    ca-same = floating "ca" "mkdir $out; echo $out > $out/self; printf 'content\\n' > $out/file" { };
    ca-discarded = floating "ca-discarded" ''${out} echo ${ca} $out > $out'' { __structuredAttrs = true; unsafeDiscardReferences.out = true; };
    ca-structured = floating "ca-structured" ''${out} echo ${ca} $out > $out'' { __structuredAttrs = true; inherit hostile; x = [ ca ]; };
    ca-graph = floating "ca-graph" "cat graph > $out" { exportReferencesGraph = [ "graph" ca ]; };
    ca-pass = floating "ca-pass" "cat $filePath > $out" { passAsFile = [ "file" ]; file = "${ca}/file ${placeholder "out"}"; };
    deferred = plain "deferred" "echo ${ca} $out > $out; echo ${ca-many} > $lib" { outputs = [ "out" "lib" ]; };
    deferred-uses = plain "deferred-uses" "echo ${deferred.lib} > $out" { };
    fixed-of-ca = fixed "fixed-of-ca" "content\n" "cat ${ca}/file > $out" { };

    impure = impure' "impure" "echo $out > $out; echo \${x-none} >> $out" { };
    impure-uses = impure' "impure-uses" "cat ${impure} > $out; echo ${impure} >> $out" { };
    fixed-of-impure = fixed "fixed-of-impure" "none\n" "sed 1d ${impure} > $out" { };

    # ——— builders of the program itself ———
    buildenv = derivation {
      name = "environment";
      system = "builtin";
      builder = "builtin:buildenv";
      manifest = text;
      derivations = [ "true" 5 1 directory "true" 4 2 links second "false" 1 1 permissions "true" 5 1 propagates "true" 7 1 first "true" 6 1 (plain "other" "mkdir $out; echo other > $out/see" { }) ];
    };
    links = plain "links" "mkdir -p $out/a $out/only/b; echo 1 > $out/see2; ln -s ${second}/see $out/linked; ln -s ${directory}/a $out/l; echo 2 > $out/only/b/c" { };
    propagates = plain "propagates" "mkdir -p $out/nix-support $out/a/b $out/a/c; echo y > $out/a/b/y; echo ' ${propagated}' > $out/nix-support/propagated-user-env-packages; ln -s nowhere $out/dangling; echo > $out/.hidden; mkdir $out/deep; echo > $out/deep/see" { };
    propagated = plain "propagated" "mkdir -p $out/a/c $out/see-also; echo > $out/a/c/z; echo > $out/see; echo ${propagates2} > $out/see-also/x" { };
    propagates2 = plain "propagates2" "mkdir $out; echo > $out/two" { };
    channel = derivation {
      name = "channel";
      system = "builtin";
      builder = "builtin:unpack-channel";
      channelName = "nixpkgs";
      src = channel-tarball;
    };
  };

  # Each fails; the text is part of what Nix says.
  bad = {
    exit-code = { text = "builder failed with exit code 3"; code = "failed"; drv = plain "exit-code" "echo bad; exit 3" { }; };
    no-output = { text = "failed to produce output path for output 'out'"; code = "output"; drv = plain "no-output" ":" { }; };
    wrong-hash = { text = "hash mismatch in fixed-output derivation"; code = "hash-mismatch"; drv = fixed "wrong-hash" "right" "printf wrong > $out" { }; };
    fixed-references = { text = "is not allowed to refer to other store paths"; code = "output-check"; drv = fixed "fixed-references" "x" "echo ${first} > $out" { }; };
    fixed-recursive-references = { text = "hash mismatch in fixed-output derivation"; code = "hash-mismatch"; drv = fixed "fixed-recursive-references" "x" "echo ${first} > $out" { outputHashMode = "recursive"; }; };
    fixed-executable = { text = "should be a non-executable regular file"; code = "output"; drv = fixed "fixed-executable" "x" "printf x > $out; chmod +x $out" { }; };
    fixed-directory = { text = "should be a non-executable regular file"; code = "output"; drv = fixed "fixed-directory" "x" "mkdir $out" { }; };
    not-allowed-reference = { text = "is not allowed to refer to the following paths"; code = "output-check"; drv = plain "not-allowed" "echo ${first} > $out" { allowedReferences = [ ]; }; };
    self-not-allowed = { text = "is not allowed to refer to the following paths"; code = "output-check"; drv = plain "self-not-allowed" "echo $out > $out" { allowedReferences = [ ]; }; };
    not-allowed-requisite = { text = "is not allowed to refer to the following paths"; code = "output-check"; drv = plain "not-allowed-requisite" "echo ${second} > $out" { allowedRequisites = [ second ]; }; };
    disallowed-reference = { text = "is not allowed to refer to the following paths"; code = "output-check"; drv = plain "disallowed-reference" "echo ${first} > $out" { disallowedReferences = [ first ]; }; };
    disallowed-requisite = { text = "is not allowed to refer to the following paths"; code = "output-check"; drv = plain "disallowed-requisite" "echo ${second} > $out" { disallowedRequisites = [ first ]; }; };
    unknown-output-allowed = { text = "but this is not a valid output of this derivation"; code = "output-check"; drv = plain "unknown-output" "echo > $out" { allowedReferences = [ "dev" ]; }; };
    too-large = { text = "is too large at"; code = "output-check"; drv = structured "too-large" ''${out} echo ${first} > $out'' { outputChecks.out.maxSize = 10; }; };
    closure-too-large = { text = "closure of path"; code = "output-check"; drv = structured "closure-too-large" ''${out} echo ${second} > $out'' { outputChecks.out.maxClosureSize = 300; }; };
    cycle = { text = "cycle detected in build of"; code = "output"; drv = plain "cycle" "echo $b > $a; echo $a > $b" { outputs = [ "a" "b" ]; }; };
    other-system = { text = "Required system: 'mips-os'"; code = "unsupported"; drv = derivation { name = "other-system"; system = "mips-os"; builder = sh; }; };
    missing-feature = { text = "Required features: {no-such-feature}"; code = "unsupported"; drv = plain "missing-feature" "echo > $out" { requiredSystemFeatures = [ "no-such-feature" ]; }; };
    no-chroot = { text = "'__noChroot' set, but that's not allowed"; code = "invalid"; drv = plain "no-chroot" "echo > $out" { __noChroot = true; }; };
    impure-host = { text = "requested impure path '/root', but it was not in allowed-impure-host-deps"; code = "invalid"; drv = plain "impure-host" "echo > $out" { __impureHostDeps = [ "/root" ]; }; };
    graph-of-stranger = { text = "because it is not in the input closure of the derivation"; code = "invalid"; drv = plain "graph-of-stranger" "echo > $out" { exportReferencesGraph = [ "graph" (builtins.unsafeDiscardStringContext (plain "never" "" { }).outPath) ]; }; };
    graph-odd = { text = "odd number of tokens in 'exportReferencesGraph'"; code = "invalid"; drv = plain "graph-odd" "echo > $out" { exportReferencesGraph = [ "graph" ]; }; };
    graph-name = { text = "invalid file name '../evil' in 'exportReferencesGraph'"; code = "invalid"; drv = plain "graph-name" "echo > $out" { exportReferencesGraph = [ "../evil" first ]; }; };
    checks-type = { text = "Expected JSON value to be of type 'array' but it is of type 'string'"; code = "invalid"; drv = structured "checks-type" "" { outputChecks.out.allowedReferences = "x"; }; };
    ca-flat-directory = { text = "should be a non-executable regular file"; code = "output"; drv = floating "ca-flat-directory" "mkdir $out" { outputHashMode = "flat"; }; };
    ca-flat-self = { text = "is not allowed to refer to other store paths"; code = "output-check"; drv = floating "ca-flat-self" "echo $out > $out" { outputHashMode = "flat"; }; };
    ca-sha1-self = { text = "is not allowed to refer to other store paths"; code = "output-check"; drv = floating "ca-sha1-self" "echo $out > $out" { outputHashAlgo = "sha1"; }; };
    pure-of-impure = { text = "depends on impure derivation"; code = "invalid"; drv = floating "pure-of-impure" "cat ${impure' "impure-input" "echo > $out" { }} > $out" { }; };
    buildenv-conflict = {
      text = "conflict for the following files";
      code = "failed";
      drv = derivation {
        name = "conflict";
        system = "builtin";
        builder = "builtin:buildenv";
        manifest = text;
        derivations = [ "true" 5 2 second (plain "second" "mkdir $out; echo other > $out/see" { }) ];
      };
    };
    buildenv-file-folder = {
      text = "collision between";
      code = "failed";
      drv = derivation {
        name = "collision";
        system = "builtin";
        builder = "builtin:buildenv";
        manifest = text;
        derivations = [ "true" 4 1 second "true" 5 1 (plain "folder" "mkdir -p $out/see; echo > $out/see/x" { }) ];
      };
    };
    channel-two = {
      text = "contains more than one file";
      code = "failed";
      drv = derivation {
        name = "channel";
        system = "builtin";
        builder = "builtin:unpack-channel";
        channelName = "nixpkgs";
        src = plain "two.tar" "mkdir a b; tar cf $out a b" { };
      };
    };
    no-builtin = { text = "unsupported builtin builder 'nothing'"; code = "failed"; drv = derivation { name = "nothing"; inherit system; builder = "builtin:nothing"; }; };
    fetchurl-not-fixed = { text = "must be a fixed-output or impure derivation"; code = "failed"; drv = derivation { name = "not-fixed"; system = "builtin"; builder = "builtin:fetchurl"; url = "http://127.0.0.1:1/"; }; };
  };

  # Built once, these differ when they are built again.
  changing = plain "changing" "cat /proc/sys/kernel/random/uuid > $out" { };
}
