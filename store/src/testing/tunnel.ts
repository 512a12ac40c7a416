/** A way to a server that can be cut, as when the server is killed. */
import net from 'node:net';
import { onTestFinished } from 'vitest';

export class Tunnel {
  readonly address: string;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  /** Bytes that have passed from the server to clients. */
  passed = 0;
  /** How many connections there have been. */
  connections = 0;
  #cutAt = Number.POSITIVE_INFINITY;
  #isDown = false;

  private constructor(server: net.Server) {
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  }

  /** In front of a server on a socket or a port. */
  static async before(address: string): Promise<Tunnel> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const tunnel = new Tunnel(server);
    server.on('connection', (client) => tunnel.#connect(client, address));
    onTestFinished(() => tunnel.close());
    return tunnel;
  }

  #connect(client: net.Socket, address: string): void {
    if (this.#isDown) {
      client.destroy();
      return;
    }
    this.connections++;
    const [host, port] = address.split(':') as [string, string];
    const server = host === 'unix' ? net.connect(port) : net.connect(Number(port), host);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
    server.on('data', (bytes) => {
      this.passed += bytes.length;
      if (this.passed < this.#cutAt) return;
      this.#cutAt = Number.POSITIVE_INFINITY;
      this.cut();
    });
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Breaks all connections once so many more bytes have passed from the server. */
  cutAfter(bytes: number): void {
    this.#cutAt = this.passed + bytes;
  }

  /** Breaks all connections, and lets none in for so many milliseconds. */
  downFor(milliseconds: number): void {
    this.#isDown = true;
    this.cut();
    setTimeout(() => {
      this.#isDown = false;
    }, milliseconds);
  }

  /** Breaks all connections, and lets none in any more. */
  async close(): Promise<void> {
    this.#isDown = true;
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
