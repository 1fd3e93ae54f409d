// By default some numbers of modules follow from the folder of the checkout, and the bundle would differ everywhere.
module.exports = { context: __dirname, optimization: { moduleIds: 'named' } };
