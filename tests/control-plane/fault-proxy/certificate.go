// The files that lead a client here instead of to the API server.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
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

// writeClientFiles makes the proxy's certificate and writes what a client reads.
func writeClientFiles(plane, directory, address string) (tls.Certificate, error) {
	certificate, text, err := selfSigned()
	if err != nil {
		return certificate, err
	}
	token, err := os.ReadFile(filepath.Join(plane, "token"))
	if err != nil {
		return certificate, err
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return certificate, err
	}
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return certificate, err
	}
	files := map[string]string{
		"server":     address + "\n",
		"token":      string(token),
		"ca.crt":     string(text),
		"kubeconfig": fmt.Sprintf(kubeconfig, address, filepath.Join(absolute, "ca.crt"), strings.TrimSpace(string(token))),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600); err != nil {
			return certificate, err
		}
	}
	return certificate, nil
}

// selfSigned makes a certificate for 127.0.0.1, and gives it as PEM too.
func selfSigned() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "fault-proxy"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"localhost"},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text, nil
}
