const words = process.argv.slice(2);
// The heartbeat is a program of its own: nothing of the command's machinery is loaded into it.
if (words[0] === 'heartbeat') {
  const { heartbeatCommand } = await import('../heartbeat/command.ts');
  process.exitCode = await heartbeatCommand(words.slice(1));
} else {
  const { runCommand } = await import('./command.ts');
  process.exitCode = await runCommand(words);
}
