// The API server: what kinds it serves, what its OpenAPI documents declare, and
// how it answers strict dry runs.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// kind is one that the server can create, with its place in the API.
type kind struct {
	groupVersionKind
	resource   string
	namespaced bool
	applies    bool // takes PATCH, not only POST
	schema     *schema
}

type server struct {
	address string
	token   string
	minor   string // such as 1.34
	client  *http.Client
	schemas schemas
	kinds   map[groupVersionKind]*kind
}

// connect reads discovery and OpenAPI of the server whose address, token and
// certificate stand in a directory.
func connect(directory string) (*server, error) {
	read := func(name string) (string, error) {
		text, err := os.ReadFile(filepath.Join(directory, name))
		return strings.TrimSpace(string(text)), err
	}
	address, addressErr := read("server")
	token, tokenErr := read("token")
	certificate, certificateErr := read("ca.crt")
	if err := errors.Join(addressErr, tokenErr, certificateErr); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(certificate))
	s := &server{
		address: address,
		token:   token,
		schemas: schemas{},
		kinds:   map[groupVersionKind]*kind{},
		client: &http.Client{
			Timeout:   time.Minute,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: connections},
		},
	}
	var version struct{ Major, Minor string }
	if err := s.get("/version", "application/json", &version); err != nil {
		return nil, err
	}
	s.minor = version.Major + "." + version.Minor
	for _, root := range []string{"/api", "/apis"} {
		if err := s.discover(root); err != nil {
			return nil, err
		}
	}
	return s, s.readOpenAPI()
}

// discover adds the kinds below one of the two roots that can be created.
func (s *server) discover(root string) error {
	var found struct {
		Items []struct {
			Metadata struct{ Name string }
			Versions []struct {
				Version   string
				Resources []struct {
					Resource, Scope string
					Verbs           []string
					ResponseKind    groupVersionKind
				}
			}
		}
	}
	if err := s.get(root, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", &found); err != nil {
		return err
	}
	for _, group := range found.Items {
		for _, version := range group.Versions {
			for _, resource := range version.Resources {
				verbs := strings.Join(resource.Verbs, " ")
				if !strings.Contains(verbs, "create") {
					continue
				}
				name := groupVersionKind{group.Metadata.Name, version.Version, resource.ResponseKind.Kind}
				s.kinds[name] = &kind{
					groupVersionKind: name,
					resource:         resource.Resource,
					namespaced:       resource.Scope == "Namespaced",
					applies:          strings.Contains(verbs, "patch"),
				}
			}
		}
	}
	return nil
}

// readOpenAPI reads every document and ties the kinds to their schemas.
func (s *server) readOpenAPI() error {
	var index struct {
		Paths map[string]struct {
			ServerRelativeURL string `json:"serverRelativeURL"`
		}
	}
	if err := s.get("/openapi/v3", "application/json", &index); err != nil {
		return err
	}
	for _, entry := range index.Paths {
		var document struct {
			Components struct{ Schemas schemas }
		}
		if err := s.get(entry.ServerRelativeURL, "application/json", &document); err != nil {
			return err
		}
		for name, component := range document.Components.Schemas {
			s.schemas[name] = component
			for _, served := range component.Kinds {
				if kind, ok := s.kinds[served]; ok && len(component.Kinds) == 1 {
					kind.schema = component
				}
			}
		}
	}
	return nil
}

func (s *server) get(path, accept string, into any) error {
	request, err := http.NewRequest(http.MethodGet, s.address+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", accept)
	answer, body, err := s.send(request)
	if err != nil {
		return err
	}
	if answer != http.StatusOK {
		return fmt.Errorf("GET %s: %d %s", path, answer, body)
	}
	return json.Unmarshal(body, into)
}

func (s *server) send(request *http.Request) (int, []byte, error) {
	request.Header.Set("Authorization", "Bearer "+s.token)
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// answer is what the server said to one request. Code 0: it was not asked.
type answer struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Details struct {
		Causes []cause `json:"causes"`
	} `json:"details"`
}

type cause struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

func (a answer) accepted() bool { return a.Code >= 200 && a.Code < 300 }

// dryRun creates and applies an object, each as a strict dry run.
func (s *server) dryRun(k *kind, name string, object []byte) (create, apply answer, err error) {
	collection := "/apis/" + k.Group + "/" + k.Version
	if k.Group == "" {
		collection = "/api/" + k.Version
	}
	if k.namespaced {
		collection += "/namespaces/default"
	}
	collection += "/" + k.resource
	create, err = s.ask(http.MethodPost, collection+"?dryRun=All&fieldValidation=Strict", "application/json", object)
	if err != nil || !k.applies {
		return create, answer{}, err
	}
	apply, err = s.ask(http.MethodPatch, collection+"/"+url.PathEscape(name)+
		"?dryRun=All&force=true&fieldManager=sluice-test&fieldValidation=Strict", "application/apply-patch+yaml", object)
	return create, apply, err
}

func (s *server) ask(method, path, contentType string, body []byte) (answer, error) {
	request, err := http.NewRequest(method, s.address+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", contentType)
	code, text, err := s.send(request)
	if err != nil {
		return answer{}, err
	}
	if code < 300 {
		return answer{Code: code}, nil
	}
	var status answer
	if json.Unmarshal(text, &status) != nil || status.Code == 0 {
		status = answer{Code: code, Message: string(text)}
	}
	return status, nil
}
