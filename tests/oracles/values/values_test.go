package values

import (
	"encoding/json"
	"testing"
)

func TestJSONIsComparedByValue(t *testing.T) {
	equal := [][2]string{
		{`{"a":1,"b":[2]}`, `{"b":[2],"a":1}`},
		{`"\u00e9"`, `"é"`},
		{`1`, `1.0`},
		{`1e3`, `1000`},
		{`-0`, `0`},
		{`18446744073709551616`, `18446744073709552000`},
		{`18446744073709551615`, `1.8446744073709552e+19`},
		{`9223372036854775807`, `9223372036854775807`},
	}
	different := [][2]string{
		{`9007199254740993`, `9007199254740992`},
		{`9223372036854775807`, `9223372036854775806`},
		{`1`, `"1"`},
		{`null`, `{}`},
		{`{"a":null}`, `{}`},
		{`[1,2]`, `[2,1]`},
		{`1.5`, `1.25`},
		{`true`, `"true"`},
		{`{"a":1}`, `{"a":1} {}`},
	}
	for _, pair := range equal {
		if !SameList([]json.RawMessage{[]byte(pair[0])}, []json.RawMessage{[]byte(pair[1])}) {
			t.Errorf("%s and %s should be the same", pair[0], pair[1])
		}
	}
	for _, pair := range different {
		if SameList([]json.RawMessage{[]byte(pair[0])}, []json.RawMessage{[]byte(pair[1])}) {
			t.Errorf("%s and %s should differ", pair[0], pair[1])
		}
	}
}
