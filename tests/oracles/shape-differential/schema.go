// What the server's OpenAPI document says of a place in an object. Only the
// keywords that the documents of built-in kinds carry are known here.
package main

import (
	"encoding/json"
	"strings"
)

type schema struct {
	Ref                  string             `json:"$ref"`
	AllOf                []*schema          `json:"allOf"`
	OneOf                []*schema          `json:"oneOf"`
	Type                 string             `json:"type"`
	Format               string             `json:"format"`
	Properties           map[string]*schema `json:"properties"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	Items                *schema            `json:"items"`
	Required             []string           `json:"required"`
	Enum                 []string           `json:"enum"`
	ListType             string             `json:"x-kubernetes-list-type"`
	ListMapKeys          []string           `json:"x-kubernetes-list-map-keys"`
	Kinds                []groupVersionKind `json:"x-kubernetes-group-version-kind"`
}

type groupVersionKind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

// apiVersion is the group and version as objects spell them.
func (k groupVersionKind) apiVersion() string {
	if k.Group == "" {
		return k.Version
	}
	return k.Group + "/" + k.Version
}

// UnmarshalJSON takes `additionalProperties: true` for an empty schema.
func (s *schema) UnmarshalJSON(text []byte) error {
	if string(text) == "true" || string(text) == "false" {
		return nil
	}
	type plain schema
	return json.Unmarshal(text, (*plain)(s))
}

// schemas are the components of all documents that were read, by name.
type schemas map[string]*schema

// follow replaces a reference, also one wrapped in allOf, by what it refers to.
func (all schemas) follow(s *schema) *schema {
	for s != nil {
		switch {
		case s.Ref != "":
			s = all[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
		case len(s.AllOf) == 1:
			s = s.AllOf[0]
		default:
			return s
		}
	}
	return nil
}

// child is the schema of a field, a map's value or a list's element.
func (all schemas) child(s *schema, step any) *schema {
	if s == nil {
		return nil
	}
	if _, isIndex := step.(int); isIndex {
		return all.follow(s.Items)
	}
	if field, ok := s.Properties[step.(string)]; ok {
		return all.follow(field)
	}
	return all.follow(s.AdditionalProperties)
}

// at is the schema of a place below a root, or nil where nothing is declared.
func (all schemas) at(root *schema, where path) *schema {
	here := all.follow(root)
	for _, step := range where {
		here = all.child(here, step)
	}
	return here
}

// isMap says whether a schema holds keys of the user's own choosing.
func (s *schema) isMap() bool { return s != nil && s.AdditionalProperties != nil }

// isScalarUnion is true for quantities and for integers or strings.
func (s *schema) isScalarUnion() bool { return len(s.OneOf) > 0 }
