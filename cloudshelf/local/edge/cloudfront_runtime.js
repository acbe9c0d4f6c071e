// What CloudFront's JavaScript runtime 2.0 gives functions and V8 alone does not: as much of it as they use here.
'use strict';

var answer;

const cloudfront = {
  kvs: () => ({
    get: async (key) => {
      if (!(key in cloudfront.values)) {
        throw new Error('KeyNotFound: ' + key);
      }
      return cloudfront.values[key];
    },
  }),
  selectRequestOriginById: (id) => {
    cloudfront.origin = id;
  },
  values: {},
  origin: null,
};

function answered(handler, event, values) {
  cloudfront.values = values;
  cloudfront.origin = null;
  Promise.resolve(event).then(handler).then(
    (given) => {
      answer = JSON.stringify({ given: given, origin: cloudfront.origin });
    },
    (error) => {
      answer = JSON.stringify({ error: String(error) });
    },
  );
}

class Buffer extends Uint8Array {
  static from(text, encoding) {
    const encoded = encoding === 'base64url' ? base64url(text) : encodeURIComponent(text.toWellFormed());
    const bytes = [];
    for (let i = 0; i < encoded.length; i++) {
      if (encoded[i] === '%') {
        bytes.push(parseInt(encoded.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.push(encoded.charCodeAt(i));
      }
    }
    return new Buffer(bytes);
  }

  toString() {
    return decodeURIComponent(Array.from(this, (byte) => '%' + byte.toString(16).padStart(2, '0')).join(''));
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// Its bytes, each as %XX.
function base64url(text) {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    if (value < 0) {
      continue;
    }
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += '%' + ((held >> bits) & 0xff).toString(16).padStart(2, '0');
      held &= (1 << bits) - 1;
    }
  }
  return out;
}
