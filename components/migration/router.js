import cf from 'cloudfront';

// Sends each shopper to the side that owns them while a shop moves from one stack to another. The values it reads:
//   weight               of 100 buckets of shoppers the target has those below it
//   hold_from, hold_to   buckets whose owner changes: from the first up to the second nobody writes
//   back_office          open | held
// It only looks at who a token says it is of; the API behind checks the token.

const TARGET = 'target';
const BUCKETS = 100;
const BACK_OFFICE = '/api/v1/admin';
const READS = ['GET', 'HEAD', 'OPTIONS'];
// Asking for these writes: a profile is made or noted to be used, and what an order owes is paid.
const READS_THAT_WRITE = ['/api/v1/users/me', '/api/v1/orders'];
const RETRY_AFTER_S = '5';

async function handler(event) {
  const request = event.request;
  let move;
  try {
    move = await read(cf.kvs());
  } catch (error) {
    return unavailable(event, 'It is not known where this request belongs.');
  }
  const writes = READS.indexOf(request.method) < 0;
  if (isAt(request.uri, BACK_OFFICE)) {
    if (writes && isUnderWay(move)) {
      return unavailable(event, 'The shop is moving. Nothing can be changed in the back office meanwhile.');
    }
    return lead(request, move.weight === BUCKETS);
  }
  const shopper = shopperOf(request.headers.authorization);
  if (shopper === '') {
    return lead(request, move.weight === BUCKETS);
  }
  const bucket = bucketOf(shopper);
  if ((writes || mayWrite(request)) && move.holdFrom <= bucket && bucket < move.holdTo) {
    return unavailable(event, 'The shop is moving. Try again in a few seconds.');
  }
  return lead(request, bucket < move.weight);
}

// The hold first: whoever reads that there is none reads the weight that came with its end.
async function read(values) {
  const holdFrom = share(await values.get('hold_from'));
  const holdTo = share(await values.get('hold_to'));
  const weight = share(await values.get('weight'));
  const backOffice = await values.get('back_office');
  return { holdFrom: holdFrom, holdTo: holdTo, weight: weight, backOffice: backOffice };
}

function share(text) {
  const number = Number(text);
  if (text === '' || !(number >= 0 && number <= BUCKETS)) {
    throw new Error(text + ' is no number of buckets');
  }
  return number;
}

function isUnderWay(move) {
  const divided = move.weight > 0 && move.weight < BUCKETS;
  return divided || move.holdFrom < move.holdTo || move.backOffice !== 'open';
}

function mayWrite(request) {
  return request.method !== 'OPTIONS' && READS_THAT_WRITE.some((path) => isAt(request.uri, path));
}

// Whether it is this path or one below it, however it is written.
function isAt(uri, path) {
  let plain = uri;
  try {
    plain = decodeURIComponent(uri);
  } catch (error) {
    // As it came.
  }
  plain = plain.replace(/\/+/g, '/');
  return plain === path || plain.indexOf(path + '/') === 0;
}

// The subject of a token, '' where there is none.
function shopperOf(header) {
  if (!header) {
    return '';
  }
  const parts = header.value.replace(/^bearer\s+/i, '').split('.');
  try {
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    return typeof claims.sub === 'string' ? claims.sub : '';
  } catch (error) {
    return '';
  }
}

// FNV-1a, 32 bits, of the UTF-8 bytes. The prime is 2^24 + 2^8 + 2^7 + 2^4 + 2 + 1: a product would lose bits.
function bucketOf(shopper) {
  const bytes = Buffer.from(shopper, 'utf8');
  let value = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    value ^= bytes[i];
    value += (value << 1) + (value << 4) + (value << 7) + (value << 8) + (value << 24);
    value >>>= 0;
  }
  return value % BUCKETS;
}

function lead(request, toTarget) {
  if (toTarget) {
    cf.selectRequestOriginById(TARGET);
  }
  return request;
}

function unavailable(event, detail) {
  const problem = {
    type: 'about:blank',
    title: 'Unavailable',
    status: 503,
    code: 'unavailable',
    detail: detail,
    request_id: event.context.requestId,
  };
  return {
    statusCode: 503,
    statusDescription: 'Service Unavailable',
    headers: {
      'content-type': { value: 'application/problem+json' },
      'retry-after': { value: RETRY_AFTER_S },
      'cache-control': { value: 'no-store' },
    },
    body: { encoding: 'text', data: JSON.stringify(problem) },
  };
}
