# shellcheck shell=bash
# tests/doctor.sh: what `weft doctor` says, for the tests that make every fault. After lib.sh and storm.sh.

# What doctor says of a node: severity, check, link, sentence; numbers and addresses that differ from run to run are N and ADDRESS.
said() {
	weft "$1" --json doctor | jq -r '.findings[] | "\(.severity) \(.check) \(.link // "-"): \(.what)"' |
		sed -E 's/fe80::[0-9a-f:]+/ADDRESS/g; s/(for (another )?|in |sent |its OPEN, )[0-9]+ /\1N /g; s/[0-9]+ (times|packets|Router|of its|have ended)/N \1/g; s/\(N times/(N times/'
}
well() { weft "$1" doctor | grep -qx 'all is well' && exits 0 weft "$1" doctor; }
# says NODE SENTENCES: all that it says, and it ends with 5 if there is more than a note.
says() { same "$2" said "$1"; }
found() { claim 30 "$1" says "$2" "$3"; } # WHAT WAS DONE, NODE, SENTENCES
says_of() { same "$3" said_of "$1" "$2"; }        # NODE LINK SENTENCES: of that link alone
said_of() { said "$1" | grep "^[a-z]* [a-z-]* $2: "; }
mended() { claim 30 "  mended: all is well" well "$1"; }
