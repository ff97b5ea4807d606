// Package frames is how the oracles and the programs they ask speak: each
// message is a length of four bytes, the most significant first, then that many
// bytes. One request, one answer, in order, over standard input and output.
package frames

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Limit is the longest message that Read takes.
const Limit = 64 << 20

// Read returns the next message, or io.EOF where the stream ends between two.
func Read(from io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length > Limit {
		return nil, fmt.Errorf("a message of %d bytes is longer than the limit of %d", length, Limit)
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(from, payload); err != nil {
		return nil, fmt.Errorf("the message was cut off: %w", err)
	}
	return payload, nil
}

// Write sends one message.
func Write(to io.Writer, payload []byte) error {
	message := make([]byte, 0, 4+len(payload))
	message = binary.BigEndian.AppendUint32(message, uint32(len(payload)))
	_, err := to.Write(append(message, payload...))
	return err
}

// Serve answers each message from one stream on another until the first ends.
func Serve(from io.Reader, to io.Writer, answer func([]byte) []byte) error {
	buffered := bufio.NewReader(from)
	for {
		request, err := Read(buffered)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := Write(to, answer(request)); err != nil {
			return err
		}
	}
}
