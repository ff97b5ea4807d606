// Which of the server's rejections are about shape, and at which fields.
//
// A shape check knows what decoding into the declared types and the OpenAPI
// document decide. Built-in kinds are also validated by Go code written by hand,
// of which the document says nothing. So this is what counts:
//
//	answer                                                          | decided by   | field
//	POST 400 "... cannot be handled as a K: strict decoding error:  | decoding     | each one named
//	  unknown field "F", duplicate field "F""                       |              |
//	POST 400 "... cannot unmarshal ... into Go struct field T.F"    | decoding     | F, without indices; a map's
//	                                                                |              | entry goes by the map's name
//	POST 400 "... cannot be handled as a K: " and any other words   | decoding     | none: quantity, time, base64,
//	  (quantities, times, base64, int-or-string)                    |              | int-or-string do not say where
//	PATCH 500 "failed to create typed patch object (...): F: M",    | decoding     | each one named
//	  also "errors:" and a line each                                |              |
//	PATCH 500 "failed to convert new object (...)"                  | decoding     | none
//	PATCH 400 "error strict decoding patch", "error decoding patch" | decoding     | none
//	422 with a cause at or below a field that the document requires | the document | the field
//	  and that is absent or null, whatever the cause's words: Go    |              |
//	  sees a zero, and says "Required value" or "Invalid value: 0"  |              |
//	422 with a cause at a field whose value is not in the           | the document | the field
//	  document's enum, whatever the cause's words                   |              |
//	anything else: every other cause of a 422, admission and RBAC   | not shape    |
//	  (403), conflicts (409), what is missing (404), 500 otherwise  |              |
//
// POST and PATCH differ: apply refuses doubled keys of lists and null elements,
// POST refuses integers that are too wide. A gate refuses what either refuses.
package main

import (
	"net/http"
	"regexp"
	"strings"
)

// fault is a reason to reject an object for its shape.
type fault struct {
	// field is a loose path. Empty: the server did not say where.
	field string
	// required: the field is absent, and its parent may be named instead.
	required bool
	// said is the server's or the document's text.
	said string
}

var (
	strictField = regexp.MustCompile(`(?:unknown|duplicate) field "((?:[^"\\]|\\.)*)"`)
	goField     = regexp.MustCompile(`into Go struct field [^. ]+\.(\S+) of type`)
	typedPatch  = regexp.MustCompile(`(?s)^failed to create typed patch object \(.*?, Kind=[^)]*\): (.*)$`)
	undecodable = regexp.MustCompile(`^(error strict decoding patch|error decoding patch|failed to convert new object)`)
)

const notDecoded = " cannot be handled as a "

// decodingFaults are what one answer says about decoding.
func decodingFaults(a answer) []fault {
	switch {
	case a.Code == http.StatusBadRequest && strings.Contains(a.Message, notDecoded):
		return createFaults(a.Message)
	case typedPatch.MatchString(a.Message):
		return applyFaults(typedPatch.FindStringSubmatch(a.Message)[1])
	case a.Code >= 400 && undecodable.MatchString(a.Message):
		return []fault{{said: a.Message}}
	}
	return nil
}

func createFaults(message string) []fault {
	if found := goField.FindStringSubmatch(message); found != nil {
		return []fault{{field: loose(found[1]), said: message}}
	}
	var faults []fault
	if strings.Contains(message, "strict decoding error") {
		for _, found := range strictField.FindAllStringSubmatch(message, -1) {
			faults = append(faults, fault{field: loose(found[1]), said: message})
		}
	}
	if len(faults) == 0 {
		faults = append(faults, fault{said: message})
	}
	return faults
}

func applyFaults(message string) []fault {
	var faults []fault
	for line := range strings.SplitSeq(strings.TrimPrefix(message, "errors:\n"), "\n") {
		where, said := splitPath(strings.TrimSpace(line))
		faults = append(faults, fault{field: loose(where), said: said})
	}
	return faults
}

// ruling is what the server's two answers come to.
type ruling struct {
	faults []fault // for which the server rejects the object's shape
	// open are what the document finds wrong and the server neither confirmed
	// nor took: it rejected the object for something else before, or in words
	// that name another field. Nobody is right or wrong about these.
	open []fault
}

// rule weighs the answers against what the document declares of this object.
func rule(create, apply answer, declared []fault) ruling {
	faults := append(decodingFaults(create), decodingFaults(apply)...)
	var open []fault
	for _, complaint := range declared {
		if confirms(create, complaint) || confirms(apply, complaint) {
			faults = append(faults, complaint)
		} else if !create.accepted() && !apply.accepted() {
			open = append(open, complaint)
		}
	}
	return ruling{faults: withoutVague(faults), open: open}
}

// confirms says whether validation failed at a declared fault or below it.
func confirms(a answer, declared fault) bool {
	if a.Code != http.StatusUnprocessableEntity {
		return false
	}
	for _, cause := range a.Details.Causes {
		where := loose(cause.Field)
		if where == declared.field || isBelow(where, declared.field) {
			return true
		}
	}
	return false
}

// withoutVague drops faults without a field where another fault has one: both
// paths usually speak of the same thing, and one of them says where.
func withoutVague(faults []fault) []fault {
	var exact []fault
	for _, f := range faults {
		if f.field != "" {
			exact = append(exact, f)
		}
	}
	if len(exact) == 0 {
		return faults
	}
	return exact
}
