"""What a file's name and size alone say against indexing it. Reads nothing."""

from __future__ import annotations

import re

from whence.domain import LeftOut, LeftOutReason

_SECRET_NAMES = frozenset(
    {".netrc", "_netrc", ".pypirc", ".npmrc", ".htpasswd", ".pgpass", "pgpass.conf", ".my.cnf"}
    | {".git-credentials", ".dockercfg", ".dockerconfigjson", ".vault-token", ".s3cfg", ".boto", ".rclone.conf"}
    | {"credentials", "credentials.json", "credentials.yaml", "credentials.yml", "credentials.toml", "credentials.ini"}
    | {"client_secret.json", "client_secrets.json", "application_default_credentials.json", "kubeconfig"}
    | {
        "secrets.json",
        "secrets.yaml",
        "secrets.yml",
        "secrets.toml",
        "secrets.ini",
        "secret.json",
        "secret.yaml",
        "secret.yml",
    }
    | {
        "vault.yml",
        "vault.yaml",
        "vault_pass.txt",
        ".vault_pass",
        "master.key",
        "key.properties",
        "keystore.properties",
    }
    | {"id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "wallet.dat"}
    | {"terraform.tfstate", "terraform.tfstate.backup"}
)
"""Whole names that hold credentials by convention. No name of a source file is among them: secrets.go is code."""

_SECRET_SUFFIXES = frozenset(
    {"pem", "key", "p8", "p12", "pfx", "pkcs12", "jks", "keystore", "bks", "ppk", "kdb", "kdbx", "agekey"}
    | {"tfvars", "tfstate", "ovpn", "mobileprovision"}
)

_SECRET_PATTERN = re.compile(
    r"""
    \.env
    | .+\.tf(?:vars\.json|state\.backup)
    | \.env\.(?!(?:.*\.)?(?:example|sample|template|tmpl|dist|defaults?|schema)$).+
    | (?!example\.|sample\.|template\.)[\w-]+\.env
    | (?:service[-_]?account|gcp[-_]?key|firebase[-_]?adminsdk)[\w.-]*\.json
    | [\w-]+-firebase-adminsdk-[\w-]+\.json
    | client_secret_[\w.-]+\.json
    """,
    re.VERBOSE,
)

_LOCK_FILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"}
    | {
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "pipfile.lock",
        "pixi.lock",
        "conda-lock.yml",
        "cargo.lock",
        "go.sum",
        "go.work.sum",
    }
    | {"gemfile.lock", "composer.lock", "flake.lock", "podfile.lock", "mix.lock", "pubspec.lock", "packages.lock.json"}
    | {
        "gradle.lockfile",
        "buildscript-gradle.lockfile",
        "package.resolved",
        "cartfile.resolved",
        "paket.lock",
        "rebar.lock",
    }
    | {"project.assets.json", "stack.yaml.lock", "cabal.project.freeze", "conan.lock", "shard.lock", "renv.lock"}
    | {".terraform.lock.hcl", "module.bazel.lock", "chart.lock", "packages-lock.json", "symfony.lock"}
)

_PATTERN_SUFFIXES = frozenset({"env", "json", "backup"})
"""Suffixes of names that _SECRET_PATTERN can match, besides those that begin with `.env`."""

_MINIFIED_SUFFIXES = (
    *(".min.js", ".min.mjs", ".min.cjs", ".min.css", ".min.html", "-min.js", "-min.css"),
    *(".js.map", ".mjs.map", ".cjs.map", ".css.map", ".ts.map"),
)

_MINIFIED_LAST = frozenset(suffix[suffix.rfind(".") + 1 :] for suffix in _MINIFIED_SUFFIXES)

_BINARY_SUFFIXES = frozenset(
    # Images, but not SVG, which is text.
    {
        "png",
        "jpg",
        "jpeg",
        "jpe",
        "gif",
        "bmp",
        "ico",
        "icns",
        "cur",
        "tif",
        "tiff",
        "webp",
        "avif",
        "heic",
        "heif",
        "jxl",
    }
    | {"psd", "psb", "xcf", "sketch", "cr2", "nef", "dng", "exr", "hdr", "tga", "dds", "ktx", "ktx2"}
    | {"woff", "woff2", "ttf", "otf", "eot", "ttc", "pfb"}
    | {
        "zip",
        "gz",
        "tgz",
        "bz2",
        "tbz2",
        "xz",
        "txz",
        "zst",
        "lz4",
        "lzma",
        "br",
        "7z",
        "rar",
        "tar",
        "cab",
        "iso",
        "dmg",
    }
    | {
        "jar",
        "war",
        "ear",
        "aar",
        "apk",
        "aab",
        "ipa",
        "whl",
        "egg",
        "gem",
        "nupkg",
        "crate",
        "deb",
        "rpm",
        "msi",
        "vsix",
        "xpi",
    }
    | {
        "mp3",
        "mp4",
        "m4a",
        "m4v",
        "wav",
        "flac",
        "ogg",
        "oga",
        "ogv",
        "opus",
        "aac",
        "wma",
        "avi",
        "mov",
        "mkv",
        "webm",
        "wmv",
    }
    | {"flv", "mpg", "mpeg", "mid", "midi", "aif", "aiff"}
    | {"o", "so", "dylib", "dll", "exe", "pdb", "ilk", "gch", "pch", "ko", "elf", "wasm"}
    | {"class", "dex", "pyc", "pyo", "pyd", "beam", "rlib", "rmeta", "cmi", "cmo", "cmx", "cma", "cmxa", "nib", "elc"}
    | {"pdf", "doc", "docx", "xls", "xlsx", "xlsm", "ppt", "pptx", "odt", "ods", "odp", "epub", "mobi", "djvu"}
    | {"db", "sqlite", "sqlite3", "db3", "mdb", "accdb", "parquet", "arrow", "feather", "avro", "rdb", "ldb", "lance"}
    | {"npy", "npz", "pkl", "pickle", "joblib", "h5", "hdf5", "rds", "rda", "rdata"}
    | {"onnx", "pt", "pth", "safetensors", "gguf", "ggml", "tflite", "ckpt", "mlmodel", "caffemodel"}
    | {"blend", "fbx", "glb", "3ds", "stl", "unitypackage", "uasset", "umap", "swf", "fla"}
    | {"der", "p7b", "p7s", "gpg", "pak", "gmo", "qm", "pcap", "pcapng", "ds_store"}
)
"""Formats that are binary whoever writes them. What may also be text (OBJ models, certificates, `.dat` …) is decided
by content, when it is read."""


def reason_by_name(path: str, size: int, max_bytes: int) -> LeftOut | None:
    """Say why a file is left out by its name or size (bytes), or None when nothing speaks against reading it.

    Names are held against the lists without regard to case.
    """
    name = path[path.rfind("/") + 1 :].lower()
    suffix = name[name.rfind(".") + 1 :] if "." in name else ""
    if name in _SECRET_NAMES or suffix in _SECRET_SUFFIXES or _is_secret_pattern(name, suffix):
        return LeftOut(path, LeftOutReason.SECRET, "files of this name hold credentials")
    if name in _LOCK_FILES:
        return LeftOut(path, LeftOutReason.LOCK_FILE, "written by a package manager")
    if suffix in _MINIFIED_LAST and name.endswith(_MINIFIED_SUFFIXES):
        return LeftOut(path, LeftOutReason.MINIFIED, "by its name")
    if suffix in _BINARY_SUFFIXES:
        return LeftOut(path, LeftOutReason.BINARY, f"files ending in .{suffix} are not text")
    if size > max_bytes:
        return too_large(path, size, max_bytes)
    return None


def too_large(path: str, size: int, max_bytes: int) -> LeftOut:
    """A file over the size limit; both numbers are bytes."""
    return LeftOut(path, LeftOutReason.TOO_LARGE, f"{_kib(size)} KiB, the limit is {max_bytes // 1024} KiB")


def _is_secret_pattern(name: str, suffix: str) -> bool:
    is_candidate = suffix in _PATTERN_SUFFIXES or name.startswith(".env")
    return is_candidate and _SECRET_PATTERN.fullmatch(name) is not None


def _kib(n_bytes: int) -> str:
    return f"{n_bytes / 1024:.1f}".removesuffix(".0")
