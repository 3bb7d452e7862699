# Completion of toa(1) for bash. The program knows its words. Where it has none, bash completes files.
_toa() {
	local word=${COMP_WORDS[COMP_CWORD]} suggestions
	suggestions=$("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null) || return
	mapfile -t COMPREPLY < <(compgen -W "$suggestions" -- "$word")
}
complete -o default -F _toa toa
