// Places in an object, and the ways in which the server and we spell them.
package main

import (
	"fmt"
	"strings"
)

// path leads from the root of an object: strings are keys, ints are indices.
type path []any

func (p path) String() string {
	var text strings.Builder
	for _, step := range p {
		if index, ok := step.(int); ok {
			fmt.Fprintf(&text, "[%d]", index)
		} else if key := step.(string); strings.ContainsAny(key, "./[]\"") {
			fmt.Fprintf(&text, "[%q]", key)
		} else {
			fmt.Fprintf(&text, ".%s", key)
		}
	}
	return strings.TrimPrefix(text.String(), ".")
}

// loose makes spellings comparable. Strict decoding writes `spec.ports[0].x`,
// a failed conversion to Go writes `spec.ports.x` and stops at a map, apply
// writes `.spec.ports[port=80,protocol="TCP"].x` and `.metadata.labels.a.b/c`,
// we write `metadata.labels["a.b/c"]`. A quoted key becomes a plain step; which
// element of a list is meant is dropped.
func loose(text string) string {
	plain := eachBracket(text, func(inside string) string {
		if strings.HasPrefix(inside, `"`) || strings.HasPrefix(inside, "'") {
			return "." + inside[1:max(1, len(inside)-1)]
		}
		return ""
	})
	plain = eachBracket(plain, func(string) string { return "" })
	return strings.TrimPrefix(plain, ".")
}

// eachBracket replaces every `[...]` by what a function makes of its inside.
func eachBracket(text string, replace func(string) string) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(text, '[')
		if open < 0 {
			return out.String() + text
		}
		end := closing(text, open)
		out.WriteString(text[:open])
		out.WriteString(replace(text[open+1 : end]))
		text = text[min(end+1, len(text)):]
	}
}

// closing is where the bracket that opens at `open` ends, minding quotes.
func closing(text string, open int) int {
	depth, quoted := 0, false
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// parent is a loose path without its last step; the steps of keys with dots in
// them are not told apart, which only makes parents of map entries longer.
func parent(where string) string {
	return where[:max(0, strings.LastIndexByte(where, '.'))]
}

// isBelow says whether one loose path lies inside another, not at it.
func isBelow(where, ancestor string) bool {
	return ancestor == "" && where != "" || strings.HasPrefix(where, ancestor+".")
}

// splitPath divides `PATH: MESSAGE` of an apply error, in which keys of lists
// may hold colons.
func splitPath(text string) (where, message string) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '[':
			i = closing(text, i)
		case strings.HasPrefix(text[i:], ": "):
			return text[:i], text[i+2:]
		}
	}
	return text, ""
}
