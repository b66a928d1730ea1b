// Debian ships Boost.URL without its library: the one place that compiles it.
#include <boost/url/src.hpp>
