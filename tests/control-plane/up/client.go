// What a client of the control plane needs: keys and tokens before it starts,
// then the first requests, which say when it is ready to be used.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

const kubeconfig = `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: test, user: {token: %q}}]
`

// writeCredentials makes the administrator's token, the key that signs service
// account tokens, and the files that lead a client to the server.
func (p *plane) writeCredentials() error {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	signer := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	token := hex.EncodeToString(secret)
	if err := os.MkdirAll(p.directory, 0o700); err != nil {
		return err
	}
	others, err := os.ReadFile(p.path("users.csv"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	files := map[string]string{
		"server":              p.server + "\n",
		"token":               token + "\n",
		"tokens.csv":          token + ",test-admin,1,\"system:masters\"\n" + string(others),
		"service-account.key": string(signer),
		"kubeconfig":          fmt.Sprintf(kubeconfig, p.server, p.path("ca.crt"), token),
	}
	for name, text := range files {
		if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// waitUntilReady returns once /readyz says ok and the service account exists.
func (p *plane) waitUntilReady(stop context.Context) error {
	limit, cancel := context.WithTimeout(stop, startLimit)
	defer cancel()
	for _, step := range []func() error{p.publishCertificate, p.isReady, p.createServiceAccount} {
		if err := p.repeat(limit, step); err != nil {
			return err
		}
	}
	return nil
}

// repeat tries a step until it works; it gives up when told to stop or when a
// part ends.
func (p *plane) repeat(stop context.Context, step func() error) error {
	for {
		err := step()
		if err == nil {
			return nil
		}
		select {
		case <-stop.Done():
			return fmt.Errorf("stopped before it was ready: %w", err)
		case name := <-p.ended:
			return fmt.Errorf("%s ended while it started", name)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// publishCertificate copies the certificate that the API server made for itself.
// The key is written after it: once that is there, the certificate is whole.
func (p *plane) publishCertificate() error {
	if key, err := os.ReadFile(p.path("certificates/apiserver.key")); err != nil || len(key) == 0 {
		return errors.New("the API server has no certificate yet")
	}
	certificate, err := os.ReadFile(p.path("certificates/apiserver.crt"))
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(certificate) {
		return errors.New("the API server's certificate is not complete yet")
	}
	return os.WriteFile(p.path("ca.crt"), certificate, 0o600)
}

func (p *plane) isReady() error {
	_, err := p.request(http.MethodGet, "/readyz", "", http.StatusOK)
	return err
}

// createServiceAccount does the controller manager's part for one namespace.
func (p *plane) createServiceAccount() error {
	const account = `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}}`
	_, err := p.request(http.MethodPost, "/api/v1/namespaces/default/serviceaccounts", account,
		http.StatusCreated, http.StatusConflict)
	return err
}

// request asks as the administrator and wants one of these answers.
func (p *plane) request(method, path, body string, want ...int) ([]byte, error) {
	token, err := os.ReadFile(p.path("token"))
	if err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(p.path("ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	request, err := http.NewRequest(method, p.server+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: transport, Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && slices.Contains(want, response.StatusCode) {
		return text, nil
	}
	return nil, fmt.Errorf("%s %s: %s %w", method, path, response.Status, err)
}
