// Package values compares JSON by value. The order of keys, escapes and the
// spelling of numbers do not count; everything else does.
package values

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"strconv"
	"strings"
)

// Decode parses one JSON value and keeps the spelling of its numbers.
func Decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return value, nil
}

// SameList says whether two lists of JSON texts hold the same values in order.
func SameList(a, b []json.RawMessage) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		left, leftErr := Decode(a[i])
		right, rightErr := Decode(b[i])
		if leftErr != nil || rightErr != nil || !Same(left, right) {
			return false
		}
	}
	return true
}

// Same says whether two decoded values are equal.
func Same(a, b any) bool {
	switch left := a.(type) {
	case map[string]any:
		right, ok := b.(map[string]any)
		return ok && sameMap(left, right)
	case []any:
		right, ok := b.([]any)
		if !ok || len(left) != len(right) {
			return false
		}
		for i := range left {
			if !Same(left[i], right[i]) {
				return false
			}
		}
		return true
	case json.Number:
		right, ok := b.(json.Number)
		return ok && sameNumber(left.String(), right.String())
	default:
		return a == b // string, bool, nil
	}
}

func sameMap(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, left := range a {
		right, ok := b[key]
		if !ok || !Same(left, right) {
			return false
		}
	}
	return true
}

// sameNumber compares integers within int64 exactly, and everything else as
// float64. That is as fine as Kubernetes itself distinguishes: sigs.k8s.io/yaml
// keeps an integer up to uint64, reads a longer one and any number with a point
// or an exponent as a float64 and prints that shortest (1.0 becomes 1, 2^64
// becomes 18446744073709552000), and kubectl sends what is past int64 as a
// float64.
func sameNumber(a, b string) bool {
	left, leftIsInt := wholeNumber(a)
	right, rightIsInt := wholeNumber(b)
	if leftIsInt && rightIsInt {
		return left == right
	}
	leftFloat, leftErr := strconv.ParseFloat(a, 64)
	rightFloat, rightErr := strconv.ParseFloat(b, 64)
	return leftErr == nil && rightErr == nil && leftFloat == rightFloat
}

// wholeNumber is the int64 that a JSON number denotes, however it is spelt.
func wholeNumber(text string) (int64, bool) {
	if value, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value, true
	}
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		// The exact value of a huge exponent is never needed: int64 ends at 10^18.
		if exponent, err := strconv.Atoi(text[at+1:]); err != nil || exponent > 18 || exponent < -400 {
			return 0, false
		}
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok || !exact.IsInt() || !exact.Num().IsInt64() {
		return 0, false
	}
	return exact.Num().Int64(), true
}

// Canonical is one text for all texts of the same value.
func Canonical(text []byte) (string, error) {
	value, err := Decode(text)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(withPlainNumbers(value))
	return string(bytes.TrimSpace(out.Bytes())), err
}

func withPlainNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = withPlainNumbers(v[key])
		}
	case []any:
		for i := range v {
			v[i] = withPlainNumbers(v[i])
		}
	case json.Number:
		if whole, ok := wholeNumber(v.String()); ok {
			return whole
		}
		if number, err := v.Float64(); err == nil {
			return number
		}
	}
	return value
}
