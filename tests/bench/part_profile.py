"""part_profile - where the time goes: instructions a message by room and by library, from callgrind.

bulletind --once and the parsers (bench_read: bulletin-parser's sandbox lets no profiler write) are
each run with few and with more mails; the difference leaves out what a start costs.
"""
import glob
import os
import re
import subprocess

import daemon
import meter

NAME = "profile"
WHAT = "instructions a message in each room and library, from callgrind"
FEW, MORE = "less", "more"
LIBRARIES = [("gmime", "GMime"), ("pcre2", "PCRE2"), ("glib", "GLib"), ("gobject", "GLib"), ("gio", "GLib"),
             ("icu", "ICU"), ("lmdb", "LMDB"), ("protobuf-c", "protobuf-c"), ("zstd", "zstd"),
             ("gnutls", "gnutls"), ("nettle", "gnutls"), ("hogweed", "gnutls"), ("gmp", "gnutls"),
             ("etpan", "etpan"), ("xml2", "libxml2"), ("libc.", "libc"), ("ld-linux", "libc"),
             ("libm.", "libc"), ("sodium", "libsodium"), ("mimalloc", "mimalloc"), ("libstdc", "libstdc++")]
ROOMS = (("store", "store/libbulletin_store.a"), ("daemon", "daemon/libbulletin_daemon.a"),
         ("parsers", "parsers/libbulletin_parsers.a"), ("wire", "parsers/libbulletin_wire.a"))
WITHOUT_OBJECT = "PCRE2's compiled patterns"  # code made at run time belongs to no file


def functions(build):
    """{function: room}, as the rooms' libraries hold them."""
    rooms = {}
    for room, library in ROOMS:
        text = meter.output(["nm", "--defined-only", os.path.join(build, library)])
        for line in text.splitlines():
            words = line.split()
            if len(words) == 3 and words[1] in "tT":
                rooms.setdefault(words[2].split(".")[0], room)
    return rooms


def place_of(rooms, file, function):
    """The room or library of an object file's function."""
    base = os.path.basename(file)
    if base.startswith(("bulletin", "bench_")):
        return rooms.get(function.split("'")[0].split(".")[0], "main")
    if base in ("???", ""):
        return WITHOUT_OBJECT
    return next((name for part, name in LIBRARIES if part in base), "other libraries")


def self_costs(path, rooms):
    """{place: instructions} of a callgrind file."""
    names, costs, file, function, skip = {}, {}, "", "", False
    spec = re.compile(r"(c?ob|c?fn)=\((\d+)\)(?: (.*))?$")
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            found = spec.match(line)
            if found:
                key = (found.group(1)[-2:], found.group(2))
                if found.group(3):
                    names[key] = found.group(3)
                if found.group(1) == "ob":
                    file = names[key]
                elif found.group(1) == "fn":
                    function = names[key]
            elif line.startswith("calls="):
                skip = True  # the next line is the cost of what is called
            elif line[0] in "+-*0123456789":
                if not skip:
                    place = place_of(rooms, file, function)
                    costs[place] = costs.get(place, 0) + int(line.split()[1])
                skip = False
    return costs


def callgrind(bench, name, command, good=0):
    """{place: instructions} of a run, threads and all."""
    out = bench.house.path("callgrind." + name)
    meter.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out] + command,
              bench.house.path("callgrind.log"), good=good)
    costs = self_costs(out, functions(bench.house.build))
    for path in glob.glob(out + "*"):
        os.remove(path)
    return costs


def daemon_costs(bench, kind):
    ours = daemon.Daemon(bench.house, "profile-" + kind, [kind], bench.house.sink().port)
    ours.empty()
    return callgrind(bench, kind, [bench.house.program("bulletind"), "--config", ours.config, "--once"])


def parser_costs(bench, kind):
    mails = bench.mails(kind)
    return callgrind(bench, "read-" + kind, [bench.house.bench("bench_read"), mails.folder,
                                             str(len(mails.truth))])


def run(bench, report):
    few, more = len(bench.mails(FEW).truth), len(bench.mails(MORE).truth)
    if subprocess.run(["valgrind", "--version"], stdout=subprocess.DEVNULL).returncode:
        raise SystemExit("bench: valgrind does not run")
    for name, measure in (("bulletind", daemon_costs), ("parsers", parser_costs)):
        report.note("profile: " + name)
        before, after = measure(bench, FEW), measure(bench, MORE)
        rows = {place: (after[place] - before.get(place, 0)) / (more - few) for place in after}
        whole = sum(rows.values())
        report.say("%s: %.0f thousand instructions a message" % (name, whole / 1000))
        for place, cost in sorted(rows.items(), key=lambda row: -row[1]):
            if cost >= whole / 1000:
                report.say("  %-28s %10.1f thousand %6.1f %%" % (place, cost / 1000, 100 * cost / whole))
