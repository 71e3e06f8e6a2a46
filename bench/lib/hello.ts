import Fastify from 'fastify';

// The yardstick of the list: what answering costs when there is nothing to do.
const app = Fastify();
app.get('/', async (_request, reply) => reply.type('text/html').send('<p>hello</p>'));
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
