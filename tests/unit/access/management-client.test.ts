import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import {
  ManagementClient,
  type ManagementNotification,
} from '../../../src/access/openvpn/management-client.ts';
import { makeWorkspace } from './workspace.ts';

/** A management socket in the hands of the test, and the client under test connected to it. */
async function meet(answerBoundMs = 5000): Promise<
  AsyncDisposable & {
    readonly client: ManagementClient;
    readonly openvpn: () => Promise<Socket>;
    readonly told: ManagementNotification[];
    readonly downs: string[];
  }
> {
  const workspace = makeWorkspace();
  const socketPath = `${workspace.directory}/management.sock`;
  const server: Server = createServer();
  server.listen(socketPath);
  await once(server, 'listening');
  const told: ManagementNotification[] = [];
  const downs: string[] = [];
  const ups: (() => void)[] = [];
  const client = new ManagementClient({
    socketPath,
    answerBoundMs,
    onNotifications: (notifications) => told.push(...notifications),
    onUp: () => ups.shift()?.(),
    onDown: (cause) => downs.push(cause),
  });
  const sockets: Socket[] = [];
  return {
    client,
    told,
    downs,
    /** The next connection, once both sides know of it. */
    openvpn: async () => {
      const up = new Promise<void>((resolve) => ups.push(resolve));
      const connection = once(server, 'connection');
      client.start();
      const [socket] = (await connection) as [Socket];
      sockets.push(socket.setEncoding('utf8'));
      socket.on('error', () => undefined);
      await up;
      return socket;
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      for (const socket of sockets) socket.destroy();
      server.close();
      workspace[Symbol.dispose]();
    },
  };
}

async function next(socket: Socket): Promise<string> {
  const [text] = (await once(socket, 'data')) as [string];
  return text;
}

describe('the management client', () => {
  it('matches answers to commands in order, with notifications between them', async () => {
    await using meeting = await meet();
    const openvpn = await meeting.openvpn();
    const both = Promise.all([
      meeting.client.pid(),
      meeting.client.version(),
      meeting.client.clientAuthNt(1, 2),
    ]);
    await next(openvpn);
    openvpn.write('SUCCESS: pid=77\r\n>HOLD:later\r\nOpenVPN Version: OpenVPN 2.6.14 x86\r\n');
    openvpn.write('>BYTECOUNT_CLI:1,2,3\r\nEND\r\nSUCCESS: client-auth command succeeded\r\n');
    assert.deepEqual(await both, [77, '2.6.14', undefined]);
    assert.deepEqual(
      meeting.told.map((one) => one.type),
      ['hold', 'bytecount'],
    );
  });

  it('fails a refused command alone, without saying what was typed', async () => {
    await using meeting = await meet();
    const openvpn = await meeting.openvpn();
    const denied = meeting.client.clientDeny(1, 2, 'secret reason', 'secret words');
    await next(openvpn);
    openvpn.write('ERROR: client-deny command failed\n');
    await assert.rejects(denied, (error: Error) => {
      assert.equal((error as Error & { code: string }).code, 'access.openvpn.management-refused');
      assert.equal(error.message.includes('secret'), false);
      return true;
    });
    const pid = meeting.client.pid();
    await next(openvpn);
    openvpn.write('SUCCESS: pid=1\n');
    assert.equal(await pid, 1);
  });

  it('lives through malicious lines', async () => {
    await using meeting = await meet();
    const openvpn = await meeting.openvpn();
    openvpn.write('SUCCESS: nobody asked\nEND\nERROR:\n>\n>CLIENT:\n>CLIENT:CONNECT,NaN,{}\n>CLIENT:ENV,x\n');
    openvpn.write(Buffer.from([0, 255, 254, 10, 62, 10, 0xe2, 0x28, 0xa1, 10]));
    openvpn.write(`>LOG:${'x'.repeat(100_000)}\n>CLIENT:CONNECT,1,1\n`);
    openvpn.write(`${'>CLIENT:ENV,UV_A=x\n'.repeat(10_000)}>CLIENT:ENV,END\n>HOLD:still here\n`);
    while (meeting.told.at(-1)?.type !== 'hold') await new Promise((resolve) => setImmediate(resolve));
    const pid = meeting.client.pid();
    await next(openvpn);
    openvpn.write('garbage\nSUCCESS: pid=5\n');
    assert.equal(await pid, 5);
    assert.equal(meeting.told.at(-1)?.type, 'hold');
    assert.ok(meeting.told.slice(0, -1).every((one) => one.type === 'dropped'));
    assert.deepEqual(meeting.downs, []);
  });

  it('fails what waits when the connection is lost, and connects again', async () => {
    await using meeting = await meet();
    const openvpn = await meeting.openvpn();
    const pid = meeting.client.pid();
    await next(openvpn);
    const again = meeting.openvpn();
    openvpn.destroy();
    await assert.rejects(pid, { code: 'access.openvpn.management-down' });
    const second = await again;
    assert.equal(meeting.downs.length, 1);
    const answer = meeting.client.pid();
    await next(second);
    second.write('SUCCESS: pid=6\n');
    assert.equal(await answer, 6);
  });

  it('begins afresh on a new connection, whatever the old one left half said', async () => {
    await using meeting = await meet();
    const openvpn = await meeting.openvpn();
    openvpn.write('>CLIENT:CONNECT,1,1\n>CLIENT:ENV,pass');
    const again = meeting.openvpn();
    openvpn.end();
    const second = await again;
    second.write('>CLIENT:ENV,END\n>HOLD:new\n');
    const pid = meeting.client.pid();
    await next(second);
    second.write('SUCCESS: pid=1\n');
    await pid;
    assert.deepEqual(
      meeting.told.map((one) => one.type),
      ['hold'],
    );
  });

  it('gives up on an OpenVPN that hangs, and tries again', async () => {
    await using meeting = await meet(100);
    const openvpn = await meeting.openvpn();
    const again = meeting.openvpn();
    openvpn.pause();
    await assert.rejects(meeting.client.pid(), /no answer for 100 ms/);
    await again;
  });

  it('refuses commands while it is not connected', async () => {
    await using meeting = await meet();
    await assert.rejects(meeting.client.status3(), { code: 'access.openvpn.management-down' });
    meeting.client.close();
    meeting.client.start();
    assert.equal(meeting.client.isUp, false);
  });
});
