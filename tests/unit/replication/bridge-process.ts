/** The forced command as sshd would start it, on the socket named as its argument. */
import { runReplicaBridge } from '../../../src/replication/bridge.ts';

process.exitCode = runReplicaBridge({
  socketPath: process.argv[2]!,
  input: 0,
  output: 1,
  stderr: process.stderr,
});
