/** The forced command as sshd would start it, on the socket named as its argument. */
import { runReplicaBridge } from '../../../src/replication/bridge.ts';

const { stdin, stdout, stderr } = process;
process.exitCode = await runReplicaBridge({ socketPath: process.argv[2]!, stdin, stdout, stderr });
