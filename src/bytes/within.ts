/** The value of `promise`, or undefined if it takes longer than `milliseconds`. */
export function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, milliseconds, undefined);
		promise.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}
