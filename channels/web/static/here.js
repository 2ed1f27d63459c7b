// Where the citizen is, asked of the browser only when they tap for it, and no finer than a hall needs.

export const NEAREST = '/find_outlet{"near":"me"}';
const LONGEST_WAIT = 10_000; // milliseconds
const STALE = 5 * 60 * 1000;

export const here = () => new Promise((resolve) => {
  if (!navigator.geolocation) return resolve(null);
  const found = ({ coords }) => resolve({ latitude: coarse(coords.latitude), longitude: coarse(coords.longitude) });
  return navigator.geolocation.getCurrentPosition(found, () => resolve(null), { timeout: LONGEST_WAIT, maximumAge: STALE });
});

const coarse = (degrees) => Math.round(degrees * 1000) / 1000; // about a hundred metres
