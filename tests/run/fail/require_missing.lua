package.path, package.cpath = "./?.none", ""
require "module.that.does.not.exist"
