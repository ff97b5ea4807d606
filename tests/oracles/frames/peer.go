// A peer is the program under test at the other end of the frames. It may crash
// or never answer, and the next question must be answered all the same.
package frames

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// Peer asks one program, which it starts when first needed and again after a
// failure. It is not safe for use by several goroutines at a time.
type Peer struct {
	Path      string
	Arguments []string
	Limit     time.Duration // how long one answer may take

	process *exec.Cmd
	input   io.WriteCloser
	output  io.ReadCloser
}

// Ask sends a request and waits for the answer. An error means that the program
// crashed, fell silent or broke the framing.
func (p *Peer) Ask(request []byte) ([]byte, error) {
	if p.process == nil {
		if err := p.start(); err != nil {
			return nil, err
		}
	}
	process := p.process.Process
	watchdog := time.AfterFunc(p.Limit, func() { _ = process.Kill() })
	answer, err := p.exchange(request)
	if !watchdog.Stop() {
		err = fmt.Errorf("no answer within %s", p.Limit)
	}
	if err != nil {
		return nil, p.abandon(err)
	}
	return answer, nil
}

// Close ends the program by closing its input.
func (p *Peer) Close() error {
	if p.process == nil {
		return nil
	}
	_ = p.input.Close()
	err := p.process.Wait()
	p.process = nil
	return err
}

func (p *Peer) start() error {
	process := exec.Command(p.Path, p.Arguments...)
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		return err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	p.process, p.input, p.output = process, input, output
	return nil
}

func (p *Peer) exchange(request []byte) ([]byte, error) {
	if err := Write(p.input, request); err != nil {
		return nil, err
	}
	return Read(p.output)
}

// abandon ends a program that failed and says how it ended.
func (p *Peer) abandon(err error) error {
	_ = p.process.Process.Kill()
	_ = p.input.Close()
	_ = p.process.Wait()
	state := p.process.ProcessState
	p.process = nil
	return fmt.Errorf("%w (%s)", err, state)
}
