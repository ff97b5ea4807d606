// Mutants: small changes to real files at the places where YAML readers differ.
// Case N of a run follows from the seed and N alone.
package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"

	"sigs.k8s.io/yaml"
)

// tokens are texts with a meaning in YAML, put in at any place.
var tokens = []string{
	": ", ":", "- ", "-", "#", " #", "&a ", "*a", "*a ", "<<: ", "<<: *a\n", "<<: [*a, *a]\n", "!!str ", "!!int ",
	"!!float ", "!!bool ", "!!null ", "!!binary ", "!!map ", "!!seq ", "!!set ", "!!merge ", "!x ", "!", "!<tag:yaml.org,2002:str> ",
	"'", "\"", "''", "\"\"", "\\", "\\n", "\\x41", "\\u2028", "\\ud83d\\ude00", "\\ud800", "\\/",
	"{", "}", "[", "]", ",", "{}", "[]", "{a: b}", "[a, b]", "? ", "?", "| ", "|\n", "|-\n", "|+\n", "|2\n", "|2-\n", ">\n", ">-\n", "> ", ">+\n",
	"%", "@", "`", "~", "=", " ", "  ", "\n", "\n\n", "items:\n", "kind: List\n", "a: &a {b: c}\n",
}

// breaks are bytes that split lines for some readers, or end or start a stream.
var breaks = []string{
	"\t", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\ufeff", "\x00", "\x07", "\x7f", "\xc3", "\xed\xa0\x80", "\u00a0", "é", "😀",
}

// separators start and end documents.
var separators = []string{
	"---\n", "--- ", "---", "\n---\n", "--- # x\n", "--- a\n", "--- {a: b}\n", "--- |\n", "...\n", "\n...\n", "... ", "%YAML 1.1\n---\n", "%TAG ! tag:x,2000:\n---\n",
	"---\n---\n", " ---\n", "----\n", "---\t\n",
}

// scalars are plain values that YAML 1.1, YAML 1.2 and people read differently.
var scalars = []string{
	"0", "-0", "+1", "0644", "0o644", "0O7", "08", "09", "0x1F", "0X1f", "-0x1", "0b101", "-0b1", "1_000", "_1", "1_", "0x_1", "0_7",
	"1:30", "1:30:00", "190:20:30.15", "1.", ".5", "1.0", "1e3", "1E3", "1e+3", "1.5e-3", "+.5", "-.5", "1_0.5", ".inf", "-.inf", "+.INF", ".nan", ".NaN",
	"1e400", "-1e400", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
	"18446744073709551615", "18446744073709551616", "9007199254740993", "0x7fffffffffffffff", "0xffffffffffffffff", "0777777777777777777777", "123456789012345678901234567890",
	"4294967301", "0.1", "1.7976931348623157e308", "0e0", "00", "0.0", "-0.0", "1e", "e3", "0x", "0b", "0o", "+", "-", ".", "..", "1.2.3", "1,000",
	"y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "true", "True", "TRUE", "tRUE", "false", "False", "FALSE",
	"null", "Null", "NULL", "nUll", "~", "", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-1-1", "=", "<<", "!!null", "a::", "001:db8::", "a?b", "?a", "-a", ":a", "a#b", "a: b",
}

type mutation struct {
	weight int
	apply  func(r *rand.Rand, text []byte, seeds [][]byte) []byte
}

var mutations = []mutation{
	{2, flipByte},
	{2, deleteBytes},
	{3, duplicateLine},
	{3, deleteLine},
	{4, changeIndent},
	{2, swapLines},
	{8, insertOneOf(tokens)},
	{2, insertOneOf(breaks)},
	{2, insertOneOf(separators)},
	{8, replaceScalar},
	{2, replaceKey},
	{3, splice},
	{1, wrapInList},
	{2, asJSON},
}

// mutant makes case number index. Every fiftieth case is a seed as it stands.
func mutant(seed, index uint64, seeds [][]byte) []byte {
	r := rand.New(rand.NewPCG(seed, index))
	text := slices.Clone(seeds[r.IntN(len(seeds))])
	if index%50 == 0 {
		return text
	}
	for range []int{1, 1, 1, 2, 2, 3}[r.IntN(6)] {
		text = pick(r).apply(r, text, seeds)
	}
	return text
}

func pick(r *rand.Rand) mutation {
	total := 0
	for _, m := range mutations {
		total += m.weight
	}
	at := r.IntN(total)
	for _, m := range mutations {
		if at -= m.weight; at < 0 {
			return m
		}
	}
	panic("unreachable")
}

// place is an offset, rarely blind: mostly where a line or a value starts or ends.
func place(r *rand.Rand, text []byte) int {
	at := r.IntN(len(text) + 1)
	switch r.IntN(5) {
	case 0:
		return at
	case 1:
		return lineStart(text, at)
	case 2:
		return lineEnd(text, at)
	case 3:
		return indentEnd(text, at)
	default:
		if colon := bytes.Index(text[at:], []byte(": ")); colon >= 0 {
			return at + colon + 2
		}
		return at
	}
}

func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

func lineEnd(text []byte, at int) int {
	if end := bytes.IndexByte(text[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(text)
}

func indentEnd(text []byte, at int) int {
	start := lineStart(text, at)
	for start < len(text) && (text[start] == ' ' || text[start] == '-') {
		start++
	}
	return start
}

// line is the range of a random line with its line feed.
func line(r *rand.Rand, text []byte) (start, end int) {
	at := r.IntN(len(text) + 1)
	return lineStart(text, at), min(lineEnd(text, at)+1, len(text))
}

func flipByte(r *rand.Rand, text []byte, _ [][]byte) []byte {
	if len(text) > 0 {
		text[r.IntN(len(text))] ^= 1 << r.IntN(8)
	}
	return text
}

func deleteBytes(r *rand.Rand, text []byte, _ [][]byte) []byte {
	at := place(r, text)
	return slices.Delete(text, at, min(at+1+r.IntN(3), len(text)))
}

func duplicateLine(r *rand.Rand, text []byte, _ [][]byte) []byte {
	start, end := line(r, text)
	copied := slices.Clone(text[start:end])
	return slices.Insert(text, lineStart(text, r.IntN(len(text)+1)), copied...)
}

func deleteLine(r *rand.Rand, text []byte, _ [][]byte) []byte {
	start, end := line(r, text)
	return slices.Delete(text, start, end)
}

func changeIndent(r *rand.Rand, text []byte, _ [][]byte) []byte {
	start, _ := line(r, text)
	if r.IntN(2) == 0 {
		return slices.Insert(text, start, bytes.Repeat([]byte(" "), 1+r.IntN(4))...)
	}
	end := start
	for end < len(text) && text[end] == ' ' && end-start < 1+r.IntN(3) {
		end++
	}
	return slices.Delete(text, start, end)
}

func swapLines(r *rand.Rand, text []byte, _ [][]byte) []byte {
	start, end := line(r, text)
	moved := slices.Clone(text[start:end])
	text = slices.Delete(text, start, end)
	return slices.Insert(text, lineStart(text, r.IntN(len(text)+1)), moved...)
}

func insertOneOf(choices []string) func(*rand.Rand, []byte, [][]byte) []byte {
	return func(r *rand.Rand, text []byte, _ [][]byte) []byte {
		return slices.Insert(text, place(r, text), []byte(choices[r.IntN(len(choices))])...)
	}
}

// replaceScalar gives a line another value.
func replaceScalar(r *rand.Rand, text []byte, _ [][]byte) []byte {
	at := place(r, text)
	colon := bytes.Index(text[at:], []byte(": "))
	if colon < 0 {
		return text
	}
	start := at + colon + 2
	return slices.Replace(text, start, lineEnd(text, start), []byte(scalars[r.IntN(len(scalars))])...)
}

// replaceKey gives a line another key.
func replaceKey(r *rand.Rand, text []byte, _ [][]byte) []byte {
	start := indentEnd(text, r.IntN(len(text)+1))
	colon := bytes.IndexByte(text[start:lineEnd(text, start)], ':')
	if colon < 0 {
		return text
	}
	return slices.Replace(text, start, start+colon, []byte(scalars[r.IntN(len(scalars))])...)
}

// splice puts lines of another seed into this one.
func splice(r *rand.Rand, text []byte, seeds [][]byte) []byte {
	other := seeds[r.IntN(len(seeds))]
	start := lineStart(other, r.IntN(len(other)+1))
	end := min(lineEnd(other, start+r.IntN(len(other)-start+1))+1, len(other))
	return slices.Insert(text, lineStart(text, r.IntN(len(text)+1)), other[start:end]...)
}

// wrapInList makes the text one item of a list.
func wrapInList(_ *rand.Rand, text []byte, _ [][]byte) []byte {
	indented := bytes.ReplaceAll(bytes.TrimRight(text, "\n"), []byte("\n"), []byte("\n  "))
	return slices.Concat([]byte("apiVersion: v1\nkind: List\nitems:\n- "), indented, []byte("\n"))
}

// asJSON writes a document as JSON, which kubectl reads by other code, and
// sometimes another behind it.
func asJSON(r *rand.Rand, text []byte, seeds [][]byte) []byte {
	compact, err := yaml.YAMLToJSON(text)
	if err != nil {
		return text
	}
	var out bytes.Buffer
	if json.Indent(&out, compact, "", []string{"", "  ", "\t"}[r.IntN(3)]) != nil {
		return text
	}
	if r.IntN(4) == 0 {
		out.WriteString([]string{"", " ", "\n", "\n---\n", ","}[r.IntN(5)])
		out.Write(seeds[r.IntN(len(seeds))])
	}
	return out.Bytes()
}
