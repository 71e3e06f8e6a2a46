#!/bin/sh
# Puts what runs into a folder: both programs as built, the packages that they need, the pinned Node, two commands.
# The Dockerfile runs this very script; a machine without Docker runs it too (docs/DEPLOIEMENT.md).
#
#   deploy/image.sh <folder>          the folder must not exist, or be empty
#
# LICENSE_ROOT_KEYS in the environment fixes the editor's root keys in the build (.env.example).
set -eu

[ $# -eq 1 ] || { echo "usage: deploy/image.sh <folder>" >&2; exit 2; }
source=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)
[ -z "$(ls -A "$target")" ] || { echo "$target is not empty" >&2; exit 1; }

# 1. Everything that building takes, as the lock file pins it.
cd "$source"
[ -x node_modules/.bin/node ] || npm ci --no-audit --no-fund
PATH="$source/node_modules/.bin:$PATH"
node scripts/build.mjs

# 2. Only what running takes.
for file in package.json package-lock.json apps/*/package.json packages/*/package.json; do
  mkdir -p "$target/$(dirname "$file")"
  cp "$file" "$target/$file"
done
(cd "$target" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund)
# The workspace's own packages are in the bundles; what they depend on stays.
rm -rf "$target/node_modules/@gec" "$target/packages" "$target/package-lock.json" "$target/node_modules/.package-lock.json"
mkdir -p "$target/bin" "$target/docs"
cp -L node_modules/node/bin/node "$target/bin/node"
for program in gec licences; do
  cp -R "apps/$program/dist" "$target/apps/$program/dist"
  cat > "$target/bin/$program" <<END
#!/bin/sh
exec "\$(dirname "\$(readlink -f "\$0")")/node" --enable-source-maps "\$(dirname "\$(readlink -f "\$0")")/../apps/$program/dist/cli.js" "\$@"
END
  chmod 755 "$target/bin/$program"
done
cp deploy/health.mjs "$target/bin/health.mjs"
cp docs/DEPLOIEMENT.md .env.example "$target/docs/"
# Nobody but its owner changes the program; everybody may read it.
chmod -R a+rX,go-w "$target"
