/**
 * A fetch for one upload that tells how much has left: the fetch of browsers
 * does not say.
 * @param onProgress share of the body sent, 0 to 1
 */
export function uploadingFetch(onProgress: (share: number) => void): typeof fetch {
  return (url, init) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init?.method ?? 'POST', String(url));
      for (const [name, value] of new Headers(init?.headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      };
      request.onload = () => {
        const empty = request.status === 204;
        resolve(new Response(empty ? null : request.responseText, { status: request.status || 502 }));
      };
      request.onerror = () => reject(new TypeError('the upload did not arrive'));
      request.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
      init?.signal?.addEventListener('abort', () => request.abort());
      request.send((init?.body ?? null) as XMLHttpRequestBodyInit | null);
    });
}
